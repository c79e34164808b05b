#include "rtcbot/runtime/stop_signal.hpp"

#include <csignal>

#include <gtest/gtest.h>

namespace rtcbot::runtime {
namespace {

using namespace std::chrono_literals;

// A stop is for the life of a process, so each case runs in a process of its own.

TEST(StopSignalDeathTest, ASignalEndsTheWait) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const StopSignal stop;
        if (stop.wait_for(0ms)) _exit(1);
        raise(SIGTERM);
        _exit(stop.wait_for(30s) ? 0 : 2);
      },
      testing::ExitedWithCode(0), "");
}

TEST(StopSignalDeathTest, ARequestEndsEveryWaitFromThenOn) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        request_stop();
        const StopSignal stop;
        _exit(stop.wait_for(30s) && stop.wait_for(30s) ? 0 : 2);
      },
      testing::ExitedWithCode(0), "");
}

TEST(StopSignalDeathTest, TheSecondSignalEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const StopSignal stop;
        raise(SIGINT);
        raise(SIGINT);
        _exit(0);
      },
      testing::ExitedWithCode(128 + SIGINT), "");
}

}  // namespace
}  // namespace rtcbot::runtime
