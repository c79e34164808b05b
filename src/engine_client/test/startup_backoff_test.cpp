#include "startup_backoff.hpp"

#include <gtest/gtest.h>

namespace rtcbot::engine_client {
namespace {

using std::chrono::milliseconds;

TEST(StartupBackoff, ReplacesAnEngineThatServedImmediatelyHoweverOften) {
  StartupBackoff backoff;
  for (int i = 0; i < 1000; ++i) {
    backoff.on_ready();
    EXPECT_EQ(backoff.after_end(true), Duration::zero());
  }
}

TEST(StartupBackoff, TriesOneThatDoesNotStartLessAndLessOften) {
  StartupBackoff backoff;
  EXPECT_EQ(backoff.after_end(false), milliseconds(100));
  EXPECT_EQ(backoff.after_end(false), milliseconds(200));
  for (int i = 0; i < 10; ++i) static_cast<void>(backoff.after_end(false));
  EXPECT_EQ(backoff.after_end(false), milliseconds(5000));
}

TEST(StartupBackoff, BeginsAgainOnceOneWasReady) {
  StartupBackoff backoff;
  for (int i = 0; i < 10; ++i) static_cast<void>(backoff.after_end(false));
  backoff.on_ready();
  EXPECT_EQ(backoff.after_end(false), milliseconds(100));
}

}  // namespace
}  // namespace rtcbot::engine_client
