#include "rtcbot-robot/snapshots.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::app {
namespace {

using std::chrono::milliseconds;

/// A camera may take its time to open; the robot's end must not wait for longer than this.
constexpr milliseconds kPatience{1'500};
constexpr milliseconds kShortest{1'000};  // more are dropped by the server
constexpr milliseconds kLook{1'000};      // how soon a server that wants pictures gets the first

}  // namespace

Snapshots::Snapshots(Robot& robot, const Camera& camera, double seconds) {
  if (seconds <= 0) return;
  const auto interval = std::max(kShortest, milliseconds(static_cast<std::int64_t>(seconds * 1000)));
  thread_ = std::thread([this, &robot, &camera, interval] { run(robot, camera, interval); });
}

Snapshots::~Snapshots() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  ended_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Snapshots::run(Robot& robot, const Camera& camera, milliseconds interval) {
  std::unique_lock lock(mutex_);
  while (!is_over_) {
    auto pause = std::min(kLook, interval);
    if (robot.wants_snapshots()) {
      lock.unlock();
      // One that fails is tried again in its turn: the camera says what is wrong by itself.
      if (auto jpeg = camera.try_snapshot(kPatience)) robot.send_snapshot(std::move(*jpeg));
      lock.lock();
      pause = interval;
    }
    ended_.wait_for(lock, pause, [this] { return is_over_; });
  }
}

}  // namespace rtcbot::app
