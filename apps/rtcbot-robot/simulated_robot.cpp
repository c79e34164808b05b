#include "rtcbot-robot/simulated_robot.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

#include "rtcbot-robot/simulated_world.hpp"

namespace rtcbot::app {
namespace {

constexpr Duration kStep{5'000};
constexpr Duration kMaxAtOnce{1'000'000};  // after a longer pause of the program the robot has not moved on

// Share of a full battery used in a second.
constexpr double kIdleUse = 1.0 / (4 * 3600);
constexpr double kFullUse = 1.0 / (30 * 60);

double towards(double speed, double wanted, double most) {
  return std::abs(wanted - speed) <= most ? wanted : speed + std::copysign(most, wanted - speed);
}

}  // namespace

void SimulatedRobot::take(const safety::Output& output) {
  silence_ = Duration::zero();
  may_move_ = output.moving();
  const double turn = output.controls.axis[0];
  const double forward = output.controls.axis[1];
  wanted_left_ = may_move_ ? kFastest * std::clamp(forward + turn, -1.0, 1.0) : 0;
  wanted_right_ = may_move_ ? kFastest * std::clamp(forward - turn, -1.0, 1.0) : 0;
}

void SimulatedRobot::step(Duration passed) {
  for (Duration left = std::min(passed, kMaxAtOnce); left > Duration::zero(); left -= kStep) {
    const Duration now = std::min(left, kStep);
    silence_ = std::min(silence_ + now, kBrakesAfter);
    small_step(std::chrono::duration<double>(now).count());
  }
}

void SimulatedRobot::small_step(double seconds) {
  state_.is_braking = !may_move_ || silence_ >= kBrakesAfter || state_.battery <= 0;
  const double most = (state_.is_braking ? kBraking : kAcceleration) * seconds;
  state_.left = towards(state_.left, state_.is_braking ? 0 : wanted_left_, most);
  state_.right = towards(state_.right, state_.is_braking ? 0 : wanted_right_, most);
  const double effort = (std::abs(state_.left) + std::abs(state_.right)) / (2 * kFastest);
  state_.battery = std::max(0.0, state_.battery - (kIdleUse + kFullUse * effort) * seconds);
  move(seconds);
}

void SimulatedRobot::move(double seconds) {
  constexpr double kRound = 2 * std::numbers::pi;
  const double turned = (state_.left - state_.right) / kTrack * seconds;
  const double middle = state_.heading + turned / 2;
  const double x = state_.x + state_.speed() * seconds * std::cos(middle);
  const double y = state_.y + state_.speed() * seconds * std::sin(middle);
  state_.heading = std::fmod(state_.heading + turned + kRound, kRound);
  if (SimulatedWorld::is_free(x, y, kRadius)) {
    state_.driven += std::abs(state_.speed()) * seconds;
    state_.x = x;
    state_.y = y;
    return;
  }
  // A wall stops the robot's motion, not its rotation.
  if (std::abs(state_.speed()) > 0.05) ++state_.bumps;
  const double spin = (state_.left - state_.right) / 2;
  state_.left = spin;
  state_.right = -spin;
}

}  // namespace rtcbot::app
