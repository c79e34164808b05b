#include "fake_video.hpp"

#include <algorithm>

#include "recorder.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::engine::testing {

namespace {

// 16x16 pixels of black, encoded by x264 (SPS, PPS, IDR; then P) and by libvpx.
constexpr std::uint8_t kH264Key[] = {0x00, 0x00, 0x00, 0x01, 0x67, 0x42, 0xc0, 0x15, 0xda, 0x7b, 0x01, 0x6a, 0x0c, 0x0c,
                                     0x0d, 0x4a, 0x00, 0x00, 0x03, 0x00, 0x02, 0x00, 0x00, 0x03, 0x00, 0x79, 0x1e, 0x2c,
                                     0x5d, 0x40, 0x00, 0x00, 0x00, 0x01, 0x68, 0xce, 0x3c, 0x80, 0x00, 0x00, 0x00, 0x01,
                                     0x65, 0x88, 0x84, 0x06, 0xa8, 0x93, 0x0a, 0x00, 0x03, 0xfb, 0xf8};
constexpr std::uint8_t kH264Delta[] = {0x00, 0x00, 0x00, 0x01, 0x41, 0x9a, 0x20, 0x1a, 0xa5};
constexpr std::uint8_t kVp8Key[] = {0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x10, 0x00, 0x10, 0x00, 0x00,
                                    0x47, 0x08, 0x85, 0x85, 0x88, 0x99, 0x84, 0x88, 0x02, 0x02, 0x00,
                                    0x0c, 0x0d, 0x60, 0x00, 0xfe, 0xff, 0xab, 0x50, 0x80};
constexpr std::uint8_t kVp8Delta[] = {0xb1, 0x01, 0x00, 0x01, 0x10, 0x10, 0x00, 0x18, 0x00,
                                      0x18, 0x58, 0x2f, 0xf4, 0x00, 0x08, 0x00, 0x00};

std::span<const std::uint8_t> bytes_of(VideoCodec codec, bool key) {
  if (codec == VideoCodec::h264) return key ? std::span(kH264Key) : std::span<const std::uint8_t>(kH264Delta);
  return key ? std::span(kVp8Key) : std::span<const std::uint8_t>(kVp8Delta);
}

}  // namespace

class FakeVideo::Tap : public EncodedVideoTap {
 public:
  explicit Tap(FakeVideo& video) : video_(video) {}
  ~Tap() override {
    std::lock_guard giving(video_.giving_);
    std::lock_guard lock(video_.mutex_);
    std::erase_if(video_.viewers_, [this](const auto& viewer) { return viewer.first == this; });
    video_.changed_.notify_all();
  }
  void request_key_frame(std::optional<Timestamp>) override {
    std::lock_guard lock(video_.mutex_);
    video_.key_wanted_ = true;
    ++video_.key_requests_;
    video_.changed_.notify_all();
  }
  void set_target(VideoTarget target) override {
    std::lock_guard lock(video_.mutex_);
    video_.target_ = target.bitrate;
    video_.changed_.notify_all();
  }
  [[nodiscard]] bool leads() const override {
    std::lock_guard lock(video_.mutex_);
    return !video_.viewers_.empty() && video_.viewers_.front().first == this;
  }

 private:
  FakeVideo& video_;
};

void FakeVideo::prepare(VideoCodec) {
  std::lock_guard lock(mutex_);
  prepared_ = true;
}

std::unique_ptr<EncodedVideoTap> FakeVideo::attach(VideoCodec codec, std::shared_ptr<EncodedFrameSink> sink) {
  auto tap = std::make_unique<Tap>(*this);
  std::lock_guard lock(mutex_);
  viewers_.emplace_back(tap.get(), Viewer{codec, std::move(sink)});
  key_wanted_ = true;
  changed_.notify_all();
  return tap;
}

bool FakeVideo::give_picture(bool key) {
  std::lock_guard giving(giving_);
  const Timestamp now = runtime::now();
  std::vector<Viewer> viewers;
  {
    std::lock_guard lock(mutex_);
    for (const auto& viewer : viewers_) viewers.push_back(viewer.second);
  }
  const bool room =
      std::any_of(viewers.begin(), viewers.end(), [&](auto& viewer) { return viewer.sink->has_room(now); });
  if (!room) return false;
  EncodedFrame frame;
  {
    std::lock_guard lock(mutex_);
    frame.key_frame = key || std::exchange(key_wanted_, false);
    frame.sequence = ++sequence_;
  }
  frame.width = frame.height = 16;
  frame.captured_at = now;
  for (Viewer& viewer : viewers) {
    frame.codec = viewer.codec;
    frame.data = bytes_of(viewer.codec, frame.key_frame);
    viewer.sink->on_frame(frame);
  }
  return true;
}

void FakeVideo::skip_picture() {
  std::lock_guard lock(mutex_);
  ++sequence_;
}

bool FakeVideo::is_prepared() {
  std::lock_guard lock(mutex_);
  return prepared_;
}

template <class Condition>
bool FakeVideo::wait(Condition condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kDeadline, condition);
}

bool FakeVideo::wait_attached(int count) {
  return wait([&] { return static_cast<int>(viewers_.size()) == count; });
}

bool FakeVideo::wait_key_request() {
  return wait([&] { return key_requests_ > 0; });
}

bool FakeVideo::wait_target() {
  return wait([&] { return target_ > DataRate(); });
}

std::vector<VideoCodec> FakeVideo::attached_codecs() {
  std::lock_guard lock(mutex_);
  std::vector<VideoCodec> codecs;
  for (const auto& viewer : viewers_) codecs.push_back(viewer.second.codec);
  return codecs;
}

std::vector<ViewerPriority> FakeVideo::priorities() {
  std::lock_guard lock(mutex_);
  std::vector<ViewerPriority> priorities;
  for (const auto& viewer : viewers_) priorities.push_back(viewer.second.sink->priority());
  return priorities;
}

int FakeVideo::key_requests() {
  std::lock_guard lock(mutex_);
  return key_requests_;
}

DataRate FakeVideo::last_target() {
  std::lock_guard lock(mutex_);
  return target_;
}

}  // namespace rtcbot::engine::testing
