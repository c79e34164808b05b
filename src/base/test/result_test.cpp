#include "rtcbot/base/result.hpp"

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

TEST(Result, ThrowsItsErrorWithCodeAndSentence) {
  Result<int> result = fail(Errc::timeout, "no answer within 10 s");
  try {
    value_or_throw(std::move(result));
    FAIL() << "did not throw";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::timeout);
    EXPECT_STREQ(error.what(), "no answer within 10 s");
  }
}

TEST(Result, GivesItsValue) {
  EXPECT_EQ(value_or_throw(Result<int>(7)), 7);
  EXPECT_NO_THROW(value_or_throw(Result<void>()));
}

TEST(Errc, EveryCodeHasANameOfItsOwn) {
  for (int code = 0; code <= static_cast<int>(Errc::internal); ++code) {
    SCOPED_TRACE(code);
    EXPECT_NE(name_of(static_cast<Errc>(code)), "unknown");
  }
}

}  // namespace
}  // namespace rtcbot
