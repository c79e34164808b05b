#include "rtcbot/signal/jpeg.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jpeg_builder.hpp"

namespace rtcbot::signal {
namespace {

using ::testing::HasSubstr;
using testing::make_jpeg;

std::string fault_of(std::string_view bytes) {
  const auto size = jpeg_size(bytes);
  return size ? std::string("none") : std::string(size.error().what());
}

TEST(Jpeg, SaysItsSize) {
  EXPECT_EQ(value_or_throw(jpeg_size(make_jpeg("picture"))), (PictureSize{320, 240}));
  EXPECT_EQ(value_or_throw(jpeg_size(make_jpeg("", 2048, 1))), (PictureSize{2048, 1}));
}

TEST(Jpeg, OfASizeThatNoBrowserShouldHoldIsRefused) {
  for (const auto& [width, height] : {std::pair{65'535, 65'535}, {2'049, 10}, {10, 2'049}, {0, 240}, {320, 0}}) {
    EXPECT_THAT(fault_of(make_jpeg("", width, height)), HasSubstr("1 to 2048 pixels")) << width << " x " << height;
  }
}

TEST(Jpeg, BeginsAndEndsAsOne) {
  const auto whole = make_jpeg("picture");
  for (const auto& text : {std::string(), std::string("\xff\xd8\xff"), std::string("<svg onload=alert(1)>"),
                           whole.substr(1), whole.substr(0, whole.size() - 1), whole + "<script>"}) {
    EXPECT_THAT(fault_of(text), HasSubstr("begin and end")) << text;
  }
}

TEST(Jpeg, WhoseSegmentsDoNotFollowEachOtherIsRefused) {
  const auto whole = make_jpeg("");
  for (std::size_t kept = 3; kept + 2 < whole.size(); ++kept) {
    const auto fault = fault_of(whole.substr(0, kept) + "\xff\xd9");
    EXPECT_NE(fault, "none") << kept;
  }
  EXPECT_THAT(fault_of("\xff\xd8\xff\xe0 hello \xff\xd9"), HasSubstr("cut off"));
  EXPECT_THAT(fault_of(std::string("\xff\xd8\xff\xda\x00\x03x\xff\xd9", 9)), HasSubstr("before its size"));
}

TEST(Jpeg, WithTwoFramesIsRefused) {
  const auto whole = make_jpeg("");
  const auto frame = whole.substr(11, 13);
  EXPECT_THAT(fault_of(whole.substr(0, 11) + frame + whole.substr(11)), HasSubstr("frame's header"));
}

}  // namespace
}  // namespace rtcbot::signal
