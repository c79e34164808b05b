#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// Sends a picture to the server's list of robots at intervals, on its own thread, if the server uses them.
/// Thread-safe.
class Snapshots {
 public:
  /// `seconds` between two pictures, at least 1; 0: no pictures. `robot` and `camera` must outlive this object.
  Snapshots(Robot& robot, const Camera& camera, double seconds);
  ~Snapshots();
  Snapshots(const Snapshots&) = delete;
  Snapshots& operator=(const Snapshots&) = delete;

 private:
  void run(Robot& robot, const Camera& camera, std::chrono::milliseconds interval);

  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_closed_ = false;
  std::thread thread_;
};

}  // namespace rtcbot::app
