#include "video_sink.hpp"

#include <utility>

#include "rtcbot/ipc/codec.hpp"

namespace rtcbot::engine_client {
namespace {

/// With more bytes on the way, the engine is behind, and another picture would only be older when it is sent.
constexpr std::size_t kMaxWaitingBytes = std::size_t{1} << 20;

}  // namespace

VideoSink::VideoSink(std::shared_ptr<process::MessageSocket> socket, const ipc::AttachVideo& order,
                     std::shared_ptr<const SharedPriority> priority)
    : socket_(std::move(socket)),
      peer_(order.peer),
      attachment_(order.attachment),
      priority_(std::move(priority)),
      room_(order.room) {}

bool VideoSink::has_room(Timestamp now) {
  if (socket_->waiting() > kMaxWaitingBytes) return false;
  const std::lock_guard lock(mutex_);
  return room_.at(now);
}

void VideoSink::set_room(FrameRoom room) {
  const std::lock_guard lock(mutex_);
  room_ = room;
}

void VideoSink::on_frame(const EncodedFrame& frame) {
  // A frame that does not fit is dropped here; the engine sees the gap in `sequence` and requests a key frame.
  if (frame.data.size() > ipc::kMaxCommandBytes / 2 || socket_->waiting() > 2 * kMaxWaitingBytes) return;
  const ipc::VideoFrame message{.peer = peer_,
                                .attachment = attachment_,
                                .codec = frame.codec,
                                .key_frame = frame.key_frame,
                                .width = frame.width,
                                .height = frame.height,
                                .sequence = frame.sequence,
                                .captured_at = frame.captured_at,
                                .data = frame.data};
  socket_->send({.head = ipc::encode(ipc::Command(message)), .owner = frame.owner, .tail = frame.data});
}

}  // namespace rtcbot::engine_client
