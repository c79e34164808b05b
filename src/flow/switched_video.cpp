#include "rtcbot/flow/switched_video.hpp"

#include <optional>
#include <utility>

namespace rtcbot {

/// Renumbers frames so that they appear to come from one encoder. One object for each time that a camera is selected.
class SwitchedVideo::Relay : public EncodedFrameSink {
 public:
  /// `next`: the sequence number of the first frame.
  Relay(std::shared_ptr<EncodedFrameSink> sink, std::int64_t next) : sink_(std::move(sink)), next_(next) {}

  [[nodiscard]] bool has_room(Timestamp now) override { return sink_->has_room(now); }

  void on_frame(const EncodedFrame& frame) override {
    EncodedFrame numbered = frame;
    {
      const std::lock_guard lock(mutex_);
      if (!shift_) shift_ = next_ - frame.sequence;
      numbered.sequence = frame.sequence + *shift_;
      next_ = numbered.sequence + 1;
    }
    sink_->on_frame(numbered);
  }

  [[nodiscard]] ViewerPriority priority() const override { return sink_->priority(); }

  [[nodiscard]] std::int64_t next() const {
    const std::lock_guard lock(mutex_);
    return next_;
  }

 private:
  const std::shared_ptr<EncodedFrameSink> sink_;
  mutable std::mutex mutex_;
  std::int64_t next_;
  std::optional<std::int64_t> shift_;
};

/// The viewer, if attached, and its selected camera.
struct SwitchedVideo::Shared {
  std::mutex switching;  ///< Held while a tap is replaced, which waits for calls to the sink: never lock it in such a
                         ///< call.
  std::mutex mutex;      ///< Protects the members below; never held while the sink or a source is called.
  std::size_t shown = 0;
  std::optional<VideoCodec> codec{};
  std::shared_ptr<EncodedFrameSink> sink{};
  std::shared_ptr<Relay> relay{};
  std::shared_ptr<EncodedVideoTap> tap{};
  std::optional<VideoTarget> target{};

  [[nodiscard]] std::shared_ptr<EncodedVideoTap> current() {
    const std::lock_guard lock(mutex);
    return tap;
  }
};

class SwitchedVideo::Tap : public EncodedVideoTap {
 public:
  explicit Tap(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  ~Tap() override {
    const std::lock_guard switching(shared_->switching);
    std::shared_ptr<EncodedVideoTap> ended;
    const std::lock_guard lock(shared_->mutex);
    shared_->codec.reset();
    shared_->sink.reset();
    ended = std::move(shared_->tap);
    ended_ = std::move(ended);
  }

  void request_key_frame(std::optional<Timestamp> broken_at) override {
    if (const auto tap = shared_->current()) tap->request_key_frame(broken_at);
  }

  void set_target(VideoTarget target) override {
    {
      const std::lock_guard lock(shared_->mutex);
      shared_->target = target;
    }
    if (const auto tap = shared_->current()) tap->set_target(target);
  }

  [[nodiscard]] bool leads() const override {
    const auto tap = shared_->current();
    return tap && tap->leads();
  }

 private:
  const std::shared_ptr<Shared> shared_;
  std::shared_ptr<EncodedVideoTap> ended_;  ///< Destroyed after the locks, because its destructor waits for a call to
                                            ///< the sink.
};

SwitchedVideo::SwitchedVideo(std::vector<std::shared_ptr<EncodedVideoSource>> sources)
    : sources_(std::move(sources)), shared_(std::make_shared<Shared>()) {}

SwitchedVideo::~SwitchedVideo() = default;

bool SwitchedVideo::can_encode(VideoCodec codec) const {
  for (const auto& source : sources_) {
    if (!source->can_encode(codec)) return false;
  }
  return true;
}

void SwitchedVideo::prepare(VideoCodec codec) {
  std::size_t shown = 0;
  {
    const std::lock_guard lock(shared_->mutex);
    shown = shared_->shown;
  }
  sources_[shown]->prepare(codec);
}

std::unique_ptr<EncodedVideoTap> SwitchedVideo::attach(VideoCodec codec, std::shared_ptr<EncodedFrameSink> sink) {
  const std::lock_guard switching(shared_->switching);
  std::shared_ptr<Relay> relay;
  std::size_t shown = 0;
  {
    const std::lock_guard lock(shared_->mutex);
    shown = shared_->shown;
    shared_->codec = codec;
    shared_->sink = sink;
    relay = shared_->relay = std::make_shared<Relay>(std::move(sink), 0);
  }
  std::shared_ptr<EncodedVideoTap> tap = sources_[shown]->attach(codec, relay);
  const std::lock_guard lock(shared_->mutex);
  shared_->tap = std::move(tap);
  return std::make_unique<Tap>(shared_);
}

void SwitchedVideo::show(std::size_t index) {
  if (index >= sources_.size()) return;
  const std::lock_guard switching(shared_->switching);
  std::shared_ptr<EncodedVideoTap> ended;
  std::optional<VideoCodec> codec;
  {
    const std::lock_guard lock(shared_->mutex);
    if (std::exchange(shared_->shown, index) == index) return;
    ended = std::move(shared_->tap);
    codec = shared_->codec;
  }
  // After this the old camera delivers nothing, so that none of its frames follows a frame of the new camera.
  ended.reset();
  if (!codec) return;
  std::shared_ptr<Relay> relay;
  {
    const std::lock_guard lock(shared_->mutex);
    relay = shared_->relay = std::make_shared<Relay>(shared_->sink, shared_->relay->next());
  }
  std::shared_ptr<EncodedVideoTap> tap = sources_[index]->attach(*codec, relay);
  std::optional<VideoTarget> target;
  {
    const std::lock_guard lock(shared_->mutex);
    target = shared_->target;
    shared_->tap = tap;
  }
  if (target) tap->set_target(*target);
}

}  // namespace rtcbot
