#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "rtcbot/flow/encoded_video.hpp"
#include "rtcbot/ipc/messages.hpp"
#include "rtcbot/process/message_socket.hpp"

namespace rtcbot::engine_client {

/// What the encoder has to know of a viewer whatever its engine says: thread-safe.
struct ViewerPriority {
  std::atomic<bool> drives{false};
  Timestamp since{};
};

/// A connection's end of the shared encoder, on the robot's side: sends frames to the engine, and answers from what the
/// engine said last whether there is room. The source's functions on its threads, `set_room` on any.
class VideoSink : public EncodedFrameSink {
 public:
  VideoSink(std::shared_ptr<process::MessageSocket> socket, const ipc::AttachVideo& order,
            std::shared_ptr<const ViewerPriority> priority);

  [[nodiscard]] bool has_room(Timestamp now) override;
  void on_frame(const EncodedFrame& frame) override;
  [[nodiscard]] ViewerRank rank() const override { return {.drives = priority_->drives, .since = priority_->since}; }

  void set_room(FrameRoom room);

 private:
  const std::shared_ptr<process::MessageSocket> socket_;
  const ipc::PeerId peer_;
  const std::uint32_t attachment_;
  const std::shared_ptr<const ViewerPriority> priority_;
  std::mutex mutex_;
  FrameRoom room_;
};

}  // namespace rtcbot::engine_client
