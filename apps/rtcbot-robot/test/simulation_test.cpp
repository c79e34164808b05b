#include "rtcbot-robot/simulation.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "rtcbot/media/time_stamp_blocks.hpp"

namespace rtcbot::app {
namespace {

using namespace std::chrono_literals;

safety::Output forward() {
  safety::Output output{.why = safety::StopReason::none, .speed = 1};
  output.controls.axis[1] = 1;
  return output;
}

bool until(const std::function<bool()>& condition) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  for (int i = 0; i < 2'000 && !condition(); ++i) never.wait_for(lock, 10ms);
  return condition();
}

TEST(Simulation, MovesWhenItIsDrivenAndStandsWhenTheDriverHasGone) {
  const Simulation simulation(320, 240, 30);
  auto sink = simulation.sink();
  EXPECT_TRUE(until([&] {
    EXPECT_TRUE(sink->write(forward()));
    return simulation.telemetry()["speed"].get<double>() > 1;
  }));
  EXPECT_GT(simulation.telemetry()["driven"], 0);
  EXPECT_LE(simulation.telemetry()["battery"], 100);
  sink.reset();
  EXPECT_TRUE(until([&] { return simulation.telemetry()["speed"] == 0.0; }));
}

TEST(Simulation, HasADeadManOfItsOwn) {
  const Simulation simulation(320, 240, 30);
  const auto sink = simulation.sink();
  EXPECT_TRUE(until([&] {
    EXPECT_TRUE(sink->write(forward()));
    return simulation.telemetry()["driven"].get<double>() > 0;
  }));
  EXPECT_TRUE(until([&] { return simulation.telemetry()["speed"] == 0.0; })) << "nobody has told it anything since";
}

TEST(Simulation, ShowsWhatItSees) {
  const Simulation simulation(640, 480, 30);
  const auto pictures = simulation.camera().subscribe();
  const auto frame = pictures->try_get(20s);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->width, 640);
  EXPECT_TRUE(media::read_time_stamp(frame->y, frame->stride_y, 640, 480));
}

TEST(Simulation, LetsItsSinkOutliveIt) {
  auto simulation = std::make_unique<Simulation>(320, 240, 30);
  const auto sink = simulation->sink();
  simulation.reset();
  EXPECT_FALSE(sink->write(forward()));
}

}  // namespace
}  // namespace rtcbot::app
