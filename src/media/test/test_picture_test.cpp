#include "test_picture.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>

#include "small_font.hpp"

namespace rtcbot::media {
namespace {

constexpr std::int64_t kSomeTime = 1'795'000'123'456;  // 2026-11-18 11:48:43.456 UTC

/// A picture with what `TestPicture` painted.
struct Painted {
  Painted(int width, int height, std::int64_t number = 0, std::int64_t unix_ms = kSomeTime,
          TestBackground background = TestBackground::bars)
      : frame(PicturePool(width, height).take(planes)) {
    TestPicture(width, height, background).draw(planes, number, unix_ms);
  }
  [[nodiscard]] std::optional<std::uint32_t> stamp() const {
    return read_time_stamp(frame.y, frame.stride_y, frame.width, frame.height);
  }
  I420Planes planes;
  RawFrame frame;
};

TEST(TestPicture, CarriesTheLowBitsOfUnixTimeInBlocks) {
  EXPECT_EQ(Painted(640, 480).stamp(), static_cast<std::uint32_t>(kSomeTime));
  EXPECT_EQ(Painted(1280, 720, 0, 0xFFFFFFFF).stamp(), 0xFFFFFFFFU);
  EXPECT_EQ(Painted(512, 288, 7, 0x1'0000'0001).stamp(), 1U);
}

TEST(TestPicture, PutsTheLeastSignificantBitInTheTopLeftBlock) {
  const Painted picture(640, 480, 0, 0b01);
  EXPECT_EQ(picture.frame.y[8 * 640 + 8], 235);
  EXPECT_EQ(picture.frame.y[8 * 640 + 24], 16);
  EXPECT_EQ(picture.frame.u[4 * 320 + 4], 128);
  EXPECT_EQ(picture.frame.v[4 * 320 + 4], 128);
}

TEST(TestPicture, WrapsTheBlocksIntoRowsWhereItIsNarrow) {
  EXPECT_EQ(stamp_layout(320, 240), (StampLayout{20, 2}));
  EXPECT_EQ(Painted(320, 240).stamp(), static_cast<std::uint32_t>(kSomeTime));
  EXPECT_EQ(Painted(64, 128).stamp(), static_cast<std::uint32_t>(kSomeTime));
}

TEST(TestPicture, HasNoStampWhereThereIsNoRoom) {
  EXPECT_EQ(stamp_layout(64, 64), StampLayout{});
  EXPECT_FALSE(Painted(16, 16).stamp().has_value());
}

TEST(TestPicture, ReadsNoStampFromGrey) {
  const std::vector<std::uint8_t> grey(640 * 480, 128);
  EXPECT_FALSE(read_time_stamp(grey, 640, 640, 480).has_value());
}

TEST(TestPicture, MovesFromFrameToFrame) {
  const Painted first(640, 480, 1);
  const Painted second(640, 480, 2);
  EXPECT_FALSE(std::equal(first.frame.y.begin(), first.frame.y.end(), second.frame.y.begin()));
}

TEST(TestPicture, ShowsAnotherClockAMillisecondLater) {
  const Painted first(640, 480, 1, kSomeTime);
  const Painted second(640, 480, 1, kSomeTime + 1);
  const auto below_the_stamp = std::ptrdiff_t{640} * 16;
  EXPECT_FALSE(std::equal(first.frame.y.begin() + below_the_stamp, first.frame.y.end(),
                          second.frame.y.begin() + below_the_stamp));
}

TEST(TestPicture, ClockCountsHoursMinutesSecondsMilliseconds) {
  EXPECT_EQ(clock_text(0), "00:00:00.000");
  EXPECT_EQ(clock_text(86'399'999), "23:59:59.999");
  EXPECT_EQ(clock_text(86'400'000 + 3'723'004), "01:02:03.004");
}

TEST(TestPicture, FitsEverySize) {
  for (const int width : {16, 18, 48, 130, 512, 1920, 4096}) {
    for (const int height : {16, 18, 34, 90, 2160}) {
      SCOPED_TRACE(std::to_string(width) + "x" + std::to_string(height));
      const Painted picture(width, height, 12'345);
      EXPECT_EQ(picture.stamp().has_value(), stamp_layout(width, height).rows > 0);
    }
  }
}

TEST(BusyPicture, CarriesTheStampAboveItsTexture) {
  const Painted picture(640, 480, 5, kSomeTime, TestBackground::busy);
  EXPECT_EQ(picture.stamp(), static_cast<std::uint32_t>(kSomeTime));
  EXPECT_EQ(picture.frame.u[4 * 320 + 4], 128);
}

/// The share of luma samples that differ by more than a little.
double changed(const Painted& first, const Painted& second) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < first.frame.y.size(); ++i) {
    if (std::abs(first.frame.y[i] - second.frame.y[i]) > 4) ++count;
  }
  return static_cast<double>(count) / static_cast<double>(first.frame.y.size());
}

TEST(BusyPicture, MovesEverywhereWhereTheBarsAreStill) {
  EXPECT_GT(changed({640, 480, 5, kSomeTime, TestBackground::busy}, {640, 480, 6, kSomeTime, TestBackground::busy}),
            0.3);
  EXPECT_LT(changed({640, 480, 5}, {640, 480, 6}), 0.05);
}

TEST(BusyPicture, IsTheSameInEveryRun) {
  const Painted first(320, 240, 99, kSomeTime, TestBackground::busy);
  const Painted second(320, 240, 99, kSomeTime, TestBackground::busy);
  EXPECT_TRUE(std::equal(first.frame.y.begin(), first.frame.y.end(), second.frame.y.begin()));
  EXPECT_TRUE(std::equal(first.frame.v.begin(), first.frame.v.end(), second.frame.v.begin()));
}

TEST(BusyPicture, FitsEverySizeForHours) {
  for (const int size : {16, 18, 90, 512}) {
    for (const std::int64_t number : {0, 95, 96, 191, 10'000'000}) {
      SCOPED_TRACE(std::to_string(size) + " " + std::to_string(number));
      EXPECT_EQ(Painted(size, 18, number, kSomeTime, TestBackground::busy).stamp().has_value(), size >= 512);
    }
  }
}

TEST(PicturePool, GivesAPictureAgainOnlyWhenNobodyHoldsIt) {
  PicturePool pool(32, 32);
  I420Planes planes;
  RawFrame first = pool.take(planes);
  const RawFrame second = pool.take(planes);
  EXPECT_NE(first.y.data(), second.y.data());
  const std::uint8_t* const released = first.y.data();
  first = {};
  EXPECT_EQ(pool.take(planes).y.data(), released);
}

TEST(PicturePool, FramesOutliveIt) {
  I420Planes planes;
  const RawFrame frame = PicturePool(32, 32).take(planes);
  planes.y[0] = 7;
  EXPECT_EQ(frame.y[0], 7);
}

TEST(TestPicture, SaysInLettersThatThereIsNoCamera) {
  const auto white_pixels = [](const std::string& caption) {
    I420Planes planes;
    const RawFrame frame = PicturePool(640, 480).take(planes);
    TestPicture(640, 480, TestBackground::bars, caption).draw(planes, 0, kSomeTime);
    return std::count(frame.y.begin() + 640 * 300, frame.y.end(), 235);
  };
  EXPECT_EQ(white_pixels(""), 0);
  EXPECT_GT(white_pixels("NO CAMERA FOUND"), 3'000);
  for (const char letter : std::string("NOCAMERAFOUND")) EXPECT_NE(glyph_of(letter), Glyph{}) << letter;
  // Too narrow for the line: left out, and nothing is written beside the picture.
  I420Planes planes;
  const RawFrame small = PicturePool(64, 48).take(planes);
  TestPicture(64, 48, TestBackground::bars, "NO CAMERA FOUND").draw(planes, 0, kSomeTime);
}

}  // namespace
}  // namespace rtcbot::media
