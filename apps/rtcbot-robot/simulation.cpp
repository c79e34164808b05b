#include "rtcbot-robot/simulation.hpp"

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <numbers>
#include <optional>
#include <thread>

#include "rtcbot-robot/simulated_robot.hpp"
#include "rtcbot-robot/simulated_view.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::app {
namespace {

double rounded(double value, double step) { return std::round(value / step) * step; }

}  // namespace

struct Simulation::Shared {
  Shared(int width, int height, int rate)
      : camera(width, height, rate), view(width, height), interval(Duration(1'000'000 / rate)) {}

  PushCamera camera;
  SimulatedView view;  ///< Used only by the thread.
  const Duration interval;
  Timestamp moved_at = runtime::now();  ///< Used only by the thread.
  std::mutex mutex;
  std::condition_variable ended;
  SimulatedRobot robot;  ///< Guarded by mutex, as the next member.
  bool is_closed = false;
  std::thread thread;

  void run();
  /// Waits until the next picture is due.  @return the robot as it is then; nothing at the end.
  std::optional<SimulatedRobot::State> next(Timestamp due);
};

std::optional<SimulatedRobot::State> Simulation::Shared::next(Timestamp due) {
  std::unique_lock lock(mutex);
  const auto left = due - runtime::now();
  if (left > Duration::zero()) ended.wait_for(lock, left, [this] { return is_closed; });
  if (is_closed) return std::nullopt;
  const auto now = runtime::now();
  robot.step(now - moved_at);
  moved_at = now;
  return robot.state();
}

void Simulation::Shared::run() {
  auto due = moved_at;
  while (const auto state = next(due += interval)) {
    // After a stall continue from now.
    if (runtime::now() > due + 4 * interval) due = runtime::now();
    if (camera.stats().state == CameraState::closed) continue;
    camera.put_nowait(view.draw(*state, runtime::unix_time_ms()));
  }
}

namespace {

template <class Shared>
class MotorController final : public safety::Sink {
 public:
  explicit MotorController(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  ~MotorController() override { (void)write({.why = safety::StopReason::local}); }
  MotorController(const MotorController&) = delete;
  MotorController& operator=(const MotorController&) = delete;

  bool write(const safety::Output& output) override {
    // Other threads hold it only for microseconds.
    const std::lock_guard lock(shared_->mutex);
    shared_->robot.take(output);
    return !shared_->is_closed;
  }
  [[nodiscard]] std::string name() const override { return "simulated robot"; }

 private:
  const std::shared_ptr<Shared> shared_;
};

}  // namespace

Simulation::Simulation(int width, int height, int frame_rate)
    : shared_(std::make_shared<Shared>(width, height, frame_rate)) {
  shared_->thread = std::thread([shared = shared_.get()] { shared->run(); });
}

Simulation::~Simulation() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->is_closed = true;
  }
  shared_->ended.notify_all();
  shared_->thread.join();
}

Camera Simulation::camera() const { return shared_->camera; }

std::unique_ptr<safety::Sink> Simulation::sink() const { return std::make_unique<MotorController<Shared>>(shared_); }

Json Simulation::telemetry() const {
  SimulatedRobot::State robot;
  {
    const std::lock_guard lock(shared_->mutex);
    robot = shared_->robot.state();
  }
  const double degrees = std::fmod(robot.heading * 180 / std::numbers::pi + 90, 360);
  return {{"speed", rounded(robot.speed(), 0.001)},
          {"heading", rounded(degrees, 0.1)},
          {"battery", rounded(100 * robot.battery, 0.01)},
          {"voltage", rounded(robot.volts(), 0.001)},
          {"driven", rounded(robot.driven, 0.01)},
          {"bumps", robot.bumps},
          {"wheels", {{"left", rounded(robot.left, 0.001)}, {"right", rounded(robot.right, 0.001)}}}};
}

}  // namespace rtcbot::app
