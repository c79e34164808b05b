#pragma once

#include <memory>
#include <mutex>
#include <span>

#include "capture.hpp"
#include "planes.hpp"

namespace rtcbot::media {

/// The input for a program's own pictures to a "push" camera. Thread-safe.
class PushPort : public std::enable_shared_from_this<PushPort> {
 public:
  PushPort(int width, int height) : width_(width), height_(height), pool_(width, height) {}

  /// Copies one picture and passes it on; has no effect while nobody uses the camera.  Errors: bad_config (size).
  [[nodiscard]] Result<void> push(std::span<const std::uint8_t> i420, Timestamp captured_at);

  /// Opens the capture that delivers the pictures; one at a time.
  [[nodiscard]] std::unique_ptr<Capture> open(CaptureEvents events);

 private:
  class Opened;
  void close();

  const int width_;
  const int height_;
  std::mutex mutex_;
  PicturePool pool_;                       // guarded by mutex_
  std::shared_ptr<CaptureEvents> events_;  // guarded by mutex_; empty while closed
};

}  // namespace rtcbot::media
