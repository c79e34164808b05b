#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "rtcbot/flow/encoded_video.hpp"
#include "rtcbot/ipc/messages.hpp"
#include "rtcbot/process/message_socket.hpp"

namespace rtcbot::engine_client {

/// A viewer's priority for the encoder, which does not depend on the engine's messages. Thread-safe.
struct SharedPriority {
  std::atomic<bool> drives{false};
  Timestamp since{};
};

/// A connection's sink at the shared encoder, on the robot's side: sends frames to the engine, and reports room
/// according to the engine's last message. The source calls its functions on its threads; `set_room` runs on any
/// thread.
class VideoSink : public EncodedFrameSink {
 public:
  VideoSink(std::shared_ptr<process::MessageSocket> socket, const ipc::AttachVideo& order,
            std::shared_ptr<const SharedPriority> priority);

  [[nodiscard]] bool has_room(Timestamp now) override;
  void on_frame(const EncodedFrame& frame) override;
  [[nodiscard]] ViewerPriority priority() const override {
    return {.drives = priority_->drives, .since = priority_->since};
  }

  void set_room(FrameRoom room);

 private:
  const std::shared_ptr<process::MessageSocket> socket_;
  const ipc::PeerId peer_;
  const std::uint32_t attachment_;
  const std::shared_ptr<const SharedPriority> priority_;
  std::mutex mutex_;
  FrameRoom room_;
};

}  // namespace rtcbot::engine_client
