#include "push_port.hpp"

#include <algorithm>

#include "rtcbot/base/counted.hpp"

namespace rtcbot::media {

class PushPort::Opened final : public Capture {
 public:
  explicit Opened(std::shared_ptr<PushPort> port) : port_(std::move(port)) {}
  ~Opened() override { port_->close(); }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

 private:
  std::shared_ptr<PushPort> port_;
};

std::unique_ptr<Capture> PushPort::open(CaptureEvents events) {
  const std::lock_guard lock(mutex_);
  events_ = std::make_shared<CaptureEvents>(std::move(events));
  return std::make_unique<Opened>(shared_from_this());
}

void PushPort::close() {
  const std::lock_guard lock(mutex_);
  events_.reset();
}

Result<void> PushPort::push(std::span<const std::uint8_t> i420, Timestamp captured_at) {
  const std::size_t expected = i420_size(width_, height_);
  if (i420.size() != expected) {
    return fail(Errc::bad_config, "the picture has " + counted(i420.size(), "byte") + "; I420 of " +
                                      std::to_string(width_) + "x" + std::to_string(height_) + " has " +
                                      std::to_string(expected));
  }
  RawFrame frame;
  std::shared_ptr<CaptureEvents> events;
  {
    const std::lock_guard lock(mutex_);
    events = events_;
    if (!events) return {};
    I420Planes planes;
    frame = pool_.take(planes);
    std::copy(i420.begin(), i420.end(), planes.y);
  }
  frame.captured_at = captured_at;
  events->on_picture(frame);
  return {};
}

}  // namespace rtcbot::media
