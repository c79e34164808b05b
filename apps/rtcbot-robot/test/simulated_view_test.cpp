#include "rtcbot-robot/simulated_view.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "rtcbot/media/time_stamp_blocks.hpp"

namespace rtcbot::app {
namespace {

std::vector<std::uint8_t> picture(const SimulatedRobot::State& robot, int width = 640, int height = 480) {
  SimulatedView view(width, height);
  const auto drawn = view.draw(robot, 1'700'000'123'456);
  return {drawn.begin(), drawn.end()};
}

TEST(SimulatedView, CarriesTheTimeStampOfTheTestPicture) {
  const auto drawn = picture({});
  ASSERT_EQ(drawn.size(), 640u * 480 * 3 / 2);
  EXPECT_EQ(media::read_time_stamp(drawn, 640, 640, 480), static_cast<std::uint32_t>(1'700'000'123'456));
}

TEST(SimulatedView, ChangesWhereverTheRobotMovesOrTurns) {
  const auto before = picture({});
  const auto changed = [&](const SimulatedRobot::State& robot) {
    const auto after = picture(robot);
    int count = 0;
    for (std::size_t i = 0; i < before.size(); ++i) count += before[i] != after[i] ? 1 : 0;
    return count;
  };
  EXPECT_EQ(changed({}), 0);
  EXPECT_GT(changed({.x = 2.2}), 5'000);
  EXPECT_GT(changed({.heading = 0.1}), 20'000);
}

TEST(SimulatedView, ShowsWhetherItBrakes) { EXPECT_NE(picture({.is_braking = true}), picture({.is_braking = false})); }

TEST(SimulatedView, FitsIntoAnySizeOfACamera) {
  for (const auto& [width, height] : {std::pair{16, 16}, {4096, 64}, {64, 1024}, {1280, 720}, {322, 242}}) {
    SCOPED_TRACE(width);
    SimulatedView view(width, height);
    EXPECT_EQ(view.draw({.x = 12.7, .y = 8.7, .heading = 0.8}, 1).size(),
              static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3 / 2);
  }
}

}  // namespace
}  // namespace rtcbot::app
