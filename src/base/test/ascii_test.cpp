#include "rtcbot/base/ascii.hpp"

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

TEST(AsciiControl, IsTrueOfControlCharactersOnly) {
  for (int value = 0; value < 256; ++value) {
    SCOPED_TRACE(value);
    EXPECT_EQ(is_ascii_control(static_cast<char>(value)), value < 0x20 || value == 0x7f);
  }
}

}  // namespace
}  // namespace rtcbot
