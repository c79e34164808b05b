#include "rtcbot/runtime/environment.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <string>

namespace rtcbot::runtime {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> as_text(const std::vector<char*>& environment) {
  return {environment.begin(), environment.end() - 1};
}

TEST(Environment, IsHandedOnWithoutSecrets) {
  setenv("RTCBOT_TOKEN", "secret", 1);
  setenv("RTCBOT_TOKEN_NAME", "none", 1);
  const auto environment = environment_without_secrets();
  unsetenv("RTCBOT_TOKEN");
  ASSERT_EQ(environment.back(), nullptr);
  EXPECT_THAT(as_text(environment), Not(Contains(StartsWith("RTCBOT_TOKEN="))));
  EXPECT_THAT(as_text(environment), Contains("RTCBOT_TOKEN_NAME=none"));
  EXPECT_THAT(as_text(environment), Contains(StartsWith("PATH=")));
}

}  // namespace
}  // namespace rtcbot::runtime
