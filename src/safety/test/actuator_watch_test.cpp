#include "rtcbot/safety/actuator_watch.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rtcbot::safety {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp at(int ms) { return Timestamp(milliseconds(ms)); }

TEST(ActuatorWatch, TakesItForWorkingBeforeTheFirstOutput) { EXPECT_TRUE(ActuatorWatch(milliseconds(250)).works()); }

TEST(ActuatorWatch, MindsNotWhatASlowLineLoses) {
  ActuatorWatch watch{milliseconds(250)};
  for (int ms = 0; ms < 5'000; ms += 20) {
    watch.on_write(at(ms), ms % 200 == 0);
    ASSERT_TRUE(watch.works()) << ms;
  }
}

TEST(ActuatorWatch, MissesOneThatTookNothingForTheLimitAndBelievesItAfterTheSame) {
  ActuatorWatch watch{milliseconds(250)};
  watch.on_write(at(0), true);
  for (int ms = 100; ms <= 340; ms += 20) watch.on_write(at(ms), false);
  EXPECT_TRUE(watch.works());
  watch.on_write(at(350), false);
  EXPECT_FALSE(watch.works());
  for (int ms = 400; ms < 650; ms += 50) watch.on_write(at(ms), true);
  EXPECT_FALSE(watch.works()) << "a stop that found room is no proof";
  watch.on_write(at(650), true);
  EXPECT_TRUE(watch.works());
}

}  // namespace
}  // namespace rtcbot::safety
