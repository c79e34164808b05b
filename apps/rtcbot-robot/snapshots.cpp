#include "rtcbot-robot/snapshots.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::app {
namespace {

using std::chrono::milliseconds;

/// A camera may open slowly; the robot's end must not wait longer than this.
constexpr milliseconds kSnapshotTimeout{1'500};
constexpr milliseconds kMin{1'000};         // the server drops more frequent ones
constexpr milliseconds kFirstDelay{1'000};  // delay of the first picture for a server that starts to want them

}  // namespace

Snapshots::Snapshots(Robot& robot, const Camera& camera, double seconds) {
  if (seconds <= 0) return;
  const auto interval = std::max(kMin, milliseconds(static_cast<std::int64_t>(seconds * 1000)));
  thread_ = std::thread([this, &robot, &camera, interval] { run(robot, camera, interval); });
}

Snapshots::~Snapshots() {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  ended_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Snapshots::run(Robot& robot, const Camera& camera, milliseconds interval) {
  std::unique_lock lock(mutex_);
  while (!is_closed_) {
    auto pause = std::min(kFirstDelay, interval);
    if (robot.wants_snapshots()) {
      lock.unlock();
      // Failures need no handling here: the camera reports them, and the next interval tries again.
      if (auto jpeg = camera.try_snapshot(kSnapshotTimeout)) robot.send_snapshot(std::move(*jpeg));
      lock.lock();
      pause = interval;
    }
    ended_.wait_for(lock, pause, [this] { return is_closed_; });
  }
}

}  // namespace rtcbot::app
