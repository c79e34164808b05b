#include "rtcbot-robot/simulated_robot.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "rtcbot-robot/simulated_world.hpp"

namespace rtcbot::app {
namespace {

using namespace std::chrono_literals;

safety::Output wanting(double turn, double forward) {
  safety::Output output{.why = safety::StopReason::none, .speed = 1};
  output.controls.axis[0] = turn;
  output.controls.axis[1] = forward;
  return output;
}

/// As the sink's caller does it: an output each 20 ms.
void drive(SimulatedRobot& robot, const safety::Output& output, Duration time) {
  for (Duration passed{}; passed < time; passed += 20ms) {
    robot.take(output);
    robot.step(20ms);
  }
}

TEST(SimulatedRobot, StandsUntilItIsTold) {
  SimulatedRobot robot;
  robot.step(10s);
  EXPECT_EQ(robot.state().x, 2);
  EXPECT_EQ(robot.state().speed(), 0);
  EXPECT_TRUE(robot.state().is_braking);
}

TEST(SimulatedRobot, TakesItsTimeToReachItsSpeed) {
  SimulatedRobot robot;
  drive(robot, wanting(0, 1), 200ms);
  EXPECT_NEAR(robot.state().speed(), 0.2 * SimulatedRobot::kAcceleration, 1e-6);
  drive(robot, wanting(0, 1), 600ms);
  EXPECT_DOUBLE_EQ(robot.state().speed(), SimulatedRobot::kFastest);
  EXPECT_GT(robot.state().x, 2.5);
  EXPECT_DOUBLE_EQ(robot.state().y, 5.2);
  EXPECT_FALSE(robot.state().is_braking);
}

TEST(SimulatedRobot, TurnsRightOnTheSpotWhenTheStickIsToTheRight) {
  SimulatedRobot robot;
  drive(robot, wanting(0.3, 0), 500ms);
  EXPECT_GT(robot.state().left, 0);
  EXPECT_DOUBLE_EQ(robot.state().left, -robot.state().right);
  EXPECT_GT(robot.state().heading, 0.1) << "from the east to the south, which is clockwise";
  EXPECT_LT(robot.state().heading, std::numbers::pi);
  EXPECT_DOUBLE_EQ(robot.state().x, 2);
}

TEST(SimulatedRobot, BrakesHardWhenItIsToldToStand) {
  SimulatedRobot robot;
  drive(robot, wanting(0, 1), 1s);
  drive(robot, {.why = safety::StopReason::dead_man}, 260ms);
  EXPECT_EQ(robot.state().speed(), 0);
  EXPECT_TRUE(robot.state().is_braking);
}

TEST(SimulatedRobot, BrakesByItselfWhenNothingComesForThreeTenthsOfASecond) {
  SimulatedRobot robot;
  drive(robot, wanting(0, 1), 1s);
  robot.step(275ms);
  EXPECT_DOUBLE_EQ(robot.state().speed(), SimulatedRobot::kFastest);
  robot.step(300ms);
  EXPECT_EQ(robot.state().speed(), 0);
}

TEST(SimulatedRobot, GoesOnOnceItIsToldAgain) {
  SimulatedRobot robot;
  robot.step(1s);
  drive(robot, wanting(0, -0.5), 1s);
  EXPECT_DOUBLE_EQ(robot.state().speed(), -0.5 * SimulatedRobot::kFastest);
}

TEST(SimulatedRobot, NeverEntersAWall) {
  SimulatedRobot robot;
  // A drive that turns all the time, at full speed, for ten minutes.
  for (int i = 0; i < 30'000; ++i) {
    robot.take(wanting(0.4 * std::sin(i * 0.013), 1 - 0.5 * (i / 500 % 2)));
    robot.step(20ms);
    const auto& state = robot.state();
    ASSERT_TRUE(SimulatedWorld::is_free(state.x, state.y, SimulatedRobot::kRadius)) << state.x << " " << state.y;
  }
  EXPECT_GT(robot.state().bumps, 0);
  EXPECT_GT(robot.state().driven, 20);
}

TEST(SimulatedRobot, CountsAWallOnceHoweverLongItPushes) {
  SimulatedRobot robot({.x = 12, .y = 5.5});
  drive(robot, wanting(0, 1), 5s);
  EXPECT_GE(robot.state().bumps, 1);
  EXPECT_LE(robot.state().bumps, 2);
  EXPECT_NEAR(robot.state().x, 13 - SimulatedRobot::kRadius, 0.02);
}

TEST(SimulatedRobot, UsesItsBatteryAndEndsWithIt) {
  SimulatedRobot robot({.x = 12, .y = 5.5, .heading = 0, .battery = 0.01});
  drive(robot, wanting(1, 0), 10s);
  EXPECT_LT(robot.state().battery, 0.01);
  EXPECT_NEAR(robot.state().volts(), 10.5, 0.1);
  drive(robot, wanting(1, 0), 10s);
  EXPECT_EQ(robot.state().battery, 0);
  EXPECT_EQ(robot.state().left, 0);
}

TEST(SimulatedWorld, IsClosed) {
  for (int degrees = 0; degrees < 360; ++degrees) {
    const auto hit = SimulatedWorld::look(7.5, 5.3, degrees * std::numbers::pi / 180);
    EXPECT_GT(hit.distance, 0);
    EXPECT_LT(hit.distance, 14);
    EXPECT_NE(hit.wall, 0);
  }
}

TEST(SimulatedWorld, SeesTheWallThatIsThere) {
  const auto east = SimulatedWorld::look(10.5, 1.5, 0);
  EXPECT_NEAR(east.distance, 2.5, 1e-9);
  EXPECT_EQ(east.wall, 1);
  EXPECT_TRUE(east.is_east_west);
  EXPECT_NEAR(SimulatedWorld::look(9.5, 1.2, std::numbers::pi / 2).distance, 0.8, 1e-9);
  EXPECT_EQ(SimulatedWorld::look(9.5, 1.5, std::numbers::pi / 2).wall, 3);
}

}  // namespace
}  // namespace rtcbot::app
