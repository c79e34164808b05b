#include "rtcbot/media/jpeg.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace rtcbot::media {
namespace {

/// A picture whose rows are longer than they need be, as capture hardware gives them.
RawFrame picture(int width, int height, bool noise) {
  const int stride = width + 32;
  auto bytes =
      std::make_shared<std::vector<std::uint8_t>>(static_cast<std::size_t>(stride * height * 2), std::uint8_t{128});
  std::mt19937 random(1);
  if (noise) {
    for (auto& byte : *bytes) byte = static_cast<std::uint8_t>(random());
  }
  const auto luma = static_cast<std::size_t>(stride * height);
  const std::span<const std::uint8_t> all(*bytes);
  return {.owner = bytes,
          .width = width,
          .height = height,
          .y = all.subspan(0, luma),
          .u = all.subspan(luma, luma / 4),
          .v = all.subspan(luma + luma / 4, luma / 4),
          .stride_y = stride,
          .stride_u = stride / 2,
          .stride_v = stride / 2};
}

/// Width and height, of the SOF0 segment.
std::pair<int, int> size_of(const std::string& jpeg) {
  for (std::size_t i = 2; i + 9 < jpeg.size();) {
    const auto at = [&](std::size_t n) { return static_cast<unsigned char>(jpeg[i + n]); };
    if (at(1) == 0xC0) return {at(7) << 8 | at(8), at(5) << 8 | at(6)};
    i += 2U + static_cast<std::size_t>(at(2) << 8 | at(3));
  }
  return {};
}

TEST(Jpeg, IsScaledDownInItsShape) {
  const auto jpeg = to_jpeg(picture(640, 480, false));
  ASSERT_TRUE(jpeg.has_value()) << jpeg.error().what();
  EXPECT_TRUE(jpeg->starts_with("\xff\xd8\xff"));
  EXPECT_EQ(size_of(*jpeg), std::pair(320, 240));
}

TEST(Jpeg, IsNeverScaledUp) { EXPECT_EQ(size_of(to_jpeg(picture(160, 120, false)).value()), std::pair(160, 120)); }

TEST(Jpeg, KeepsWithinItsLimitAlsoForNoise) {
  const auto jpeg = to_jpeg(picture(320, 240, true));
  ASSERT_TRUE(jpeg.has_value()) << jpeg.error().what();
  EXPECT_LE(jpeg->size(), 32u * 1024);
  const auto impossible = to_jpeg(picture(320, 240, true), {.max_bytes = 100});
  ASSERT_FALSE(impossible.has_value());
  EXPECT_EQ(impossible.error().code(), Errc::too_large);
}

}  // namespace
}  // namespace rtcbot::media
