#include "rtcbot/base/overloaded.hpp"

#include <string>
#include <variant>

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

TEST(Overloaded, CallsTheFunctionOfTheAlternative) {
  const auto kind = Overloaded{[](int) { return "number"; }, [](const std::string&) { return "text"; }};
  EXPECT_STREQ(std::visit(kind, std::variant<int, std::string>(1)), "number");
  EXPECT_STREQ(std::visit(kind, std::variant<int, std::string>("x")), "text");
}

TEST(Overloaded, MayHaveOneCaseForSeveralAlternatives) {
  const auto kind = Overloaded{[](const OneOf<int, double> auto&) { return "number"; }, [](char) { return "letter"; }};
  EXPECT_STREQ(std::visit(kind, std::variant<int, double, char>(1.5)), "number");
  EXPECT_STREQ(std::visit(kind, std::variant<int, double, char>(1)), "number");
  EXPECT_STREQ(std::visit(kind, std::variant<int, double, char>('x')), "letter");
}

}  // namespace
}  // namespace rtcbot
