// Input, output and receivers of a SharedEncoder. Starting, replacing and stopping encoders is in
// shared_encoder_life.cpp.
#include "shared_encoder.hpp"

#include <algorithm>
#include <utility>

#include "rtcbot/runtime/clock.hpp"
#include "shared_encoder_tap.hpp"

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;

constexpr DataRate kStartBitrate = DataRate::kilobits_per_second(1'000);  ///< Until the primary sets its own.
constexpr Duration kFresh = milliseconds(1'000);  ///< A picture up to this age may be a joining viewer's first.

}  // namespace

/// The tap that a viewer holds.
class SharedEncoder::Handle final : public EncodedVideoTap {
 public:
  Handle(std::shared_ptr<SharedEncoder> encoder, std::shared_ptr<Tap> tap)
      : encoder_(std::move(encoder)), tap_(std::move(tap)) {}
  ~Handle() override { encoder_->detach(tap_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  void request_key_frame(std::optional<Timestamp> broken_at) override { encoder_->request_key_frame(tap_, broken_at); }
  void set_target(VideoTarget target) override { encoder_->set_target(tap_, target); }
  [[nodiscard]] bool leads() const override { return encoder_->leads(tap_); }

 private:
  std::shared_ptr<SharedEncoder> encoder_;  // shared: a viewer may outlive the camera
  std::shared_ptr<Tap> tap_;
};

SharedEncoder::SharedEncoder(VideoCodec codec, EncoderSettings settings, std::shared_ptr<EncoderChoice> choice,
                             LogSink log, std::function<void()> wake)
    : codec_(codec),
      settings_(settings),
      choice_(std::move(choice)),
      log_(std::move(log)),
      wake_(std::move(wake)),
      shape_(codec, settings.encoded_size(), settings.frame_rate),
      bitrate_(kStartBitrate),
      frame_rate_(settings.frame_rate) {}

SharedEncoder::~SharedEncoder() = default;

std::unique_ptr<EncodedVideoTap> SharedEncoder::attach(std::shared_ptr<EncodedFrameSink> sink) {
  auto tap = std::make_shared<Tap>();
  tap->priority = sink->priority();
  tap->sink = std::move(sink);
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    const Timestamp now = runtime::now();
    tap->last_room_at = now;
    // The first key frame for the new primary must not have the size that the former primary's link could carry.
    if (!taps_.empty() && !is_below_another(*tap)) bitrate_ = std::min(bitrate_, kStartBitrate);
    taps_.push_back(tap);
    wake = wake_;
    submit_for_joiner(now);
  }
  if (wake) wake();
  return std::make_unique<Handle>(shared_from_this(), std::move(tap));
}

std::unique_ptr<EncodedVideoTap> SharedEncoder::listen(std::shared_ptr<EncodedFrameSink> sink) {
  auto tap = std::make_shared<Tap>();
  tap->sink = std::move(sink);
  tap->listens = true;
  {
    const std::lock_guard lock(mutex_);
    listeners_.push_back(tap);
  }
  return std::make_unique<Handle>(shared_from_this(), std::move(tap));
}

bool SharedEncoder::is_below_another(const Tap& tap) const {
  return std::any_of(taps_.begin(), taps_.end(),
                     [&](const auto& other) { return other->priority.is_above(tap.priority); });
}

void SharedEncoder::expect_viewer(Timestamp until) {
  const std::lock_guard lock(mutex_);
  expected_until_ = std::max(expected_until_, until);
}

void SharedEncoder::detach(const std::shared_ptr<Tap>& tap) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    std::erase(listeners_, tap);
    if (std::erase(taps_, tap) > 0 && !is_below_another(*tap))
      shape_.on_highest_priority_left(runtime::now(), tap->priority);
    if (primary_ == tap) primary_.reset();
    if (taps_.empty()) shape_.restart();
    wake = wake_;
  }
  {
    const std::lock_guard lock(tap->call);  // waits for a call in progress
    tap->detached = true;
  }
  if (wake) wake();
}

void SharedEncoder::request_key_frame() {
  const std::lock_guard lock(mutex_);
  key_frame_for_all_.request(runtime::now(), true);
}

void SharedEncoder::request_key_frame(const std::shared_ptr<Tap>& tap, std::optional<Timestamp> broken_at) {
  const std::lock_guard lock(mutex_);
  tap->key_frame.request(runtime::now(), is_primary(*tap), broken_at);
}

/// True for the primary, and for the viewer that would lead if its link did not stall.
bool SharedEncoder::is_primary(const Tap& tap) const {
  return !tap.listens && (primary_.get() == &tap || !is_below_another(tap));
}

bool SharedEncoder::key_frame_due(Timestamp now) const {
  const auto wanted = [&](const auto& tap) { return tap->key_frame.due(now, is_primary(*tap)); };
  return key_frame_for_all_.due(now, true) || std::any_of(taps_.begin(), taps_.end(), wanted) ||
         std::any_of(listeners_.begin(), listeners_.end(), wanted);
}

void SharedEncoder::key_frame_made(Timestamp now) {
  key_frame_for_all_.made(now);
  for (const auto& tap : taps_) tap->key_frame.made(now);
  for (const auto& tap : listeners_) tap->key_frame.made(now);
}

void SharedEncoder::set_target(const std::shared_ptr<Tap>& tap, VideoTarget target) {
  const std::lock_guard lock(mutex_);
  tap->target = target;
}

bool SharedEncoder::leads(const std::shared_ptr<Tap>& tap) const {
  const std::lock_guard lock(mutex_);
  return primary_ == tap;
}

void SharedEncoder::on_picture(const RawFrame& frame) {
  {
    const std::lock_guard lock(mutex_);
    if (newest_ && !newest_used_ && !taps_.empty()) ++counted_.dropped;  // The encoder was busy all the time.
    newest_ = frame;
    newest_used_ = false;
  }
  pump();
}

void SharedEncoder::forget_picture() {
  const std::lock_guard lock(mutex_);
  newest_.reset();
}

bool SharedEncoder::can_submit() const { return encoder_ && !failed_ && newest_ && inside_ < encoder_->row().depth; }

bool SharedEncoder::somebody_joins() const {
  return std::any_of(taps_.begin(), taps_.end(), [](const auto& tap) { return tap->joining; });
}

/// Submits the newest picture to the encoder if it should be encoded. The first thread here asks the sinks. Another
/// thread leaves its picture in the slot, and the first one takes it from there.
void SharedEncoder::pump() {
  std::vector<std::shared_ptr<Tap>> asked;
  const Timestamp now = runtime::now();
  {
    const std::lock_guard lock(mutex_);
    if (pumping_ || taps_.empty() || !can_submit()) return;
    if (newest_used_) return submit_for_joiner(now);
    pumping_ = true;
    asked = taps_;
  }
  std::vector<Answer> answers;
  for (const auto& tap : asked) answers.push_back(tap->ask(now));
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    pumping_ = false;
    if (can_submit() && !newest_used_) decide(asked, answers, now);
    if (wants_resize()) wake = wake_;
  }
  if (wake) wake();
}

std::vector<TapView> SharedEncoder::look_at_taps(const std::vector<std::shared_ptr<Tap>>& asked,
                                                 const std::vector<Answer>& answers, Timestamp now) {
  std::vector<TapView> views;
  for (const auto& tap : taps_) {
    // A tap attached meanwhile was not asked.
    const auto found = std::find(asked.begin(), asked.end(), tap);
    const bool was_asked = found != asked.end();
    const Answer answer = was_asked ? answers[static_cast<std::size_t>(found - asked.begin())] : Answer{};
    if (was_asked) tap->priority = answer.priority;
    const bool said = answer.has_room;
    const bool granted = !tap->target || tap->target->bitrate > DataRate();
    const bool is_probe = tap->target && tap->target->is_probe;
    if (said && granted && !is_probe) tap->last_room_at = now;
    views.push_back({tap->joining, said && granted, tap->last_room_at, is_probe, tap->priority});
  }
  return views;
}

void SharedEncoder::decide(const std::vector<std::shared_ptr<Tap>>& asked, const std::vector<Answer>& answers,
                           Timestamp now) {
  const std::vector<TapView> views = look_at_taps(asked, answers, now);
  const auto primary = choose_primary(views, now);
  if (!primary) return;
  primary_ = taps_[*primary];
  const bool joins = somebody_joins();
  apply_target(*primary, primary == highest_priority(views), now);
  if (!worth_encoding(views, primary)) {
    newest_used_ = true;
    ++counted_.dropped;
    return;
  }
  // Checked last: if a picture passed here and was then dropped, a gap of two intervals would follow.
  if (!joins && !thinner_.passes(newest_->captured_at, frame_rate_)) {
    newest_used_ = true;
    return;
  }
  submit(now, joins || key_frame_due(now));
}

void SharedEncoder::apply_target(std::size_t primary, bool has_highest_priority, Timestamp now) {
  const double nominal = settings_.frame_rate;
  const auto& named = taps_[primary]->target;
  const PictureShape::Primary who{.has_highest_priority = has_highest_priority, .priority = taps_[primary]->priority};
  // During a probe of a stalled link the ladder must learn nothing, as with a rate of zero.
  if (named) shape_.on_primary(now, who, named->is_probe ? DataRate() : named->bitrate);
  const VideoTarget target = named.value_or(VideoTarget{kStartBitrate, nominal});
  frame_rate_ = std::min(std::clamp(target.frame_rate, 1.0, nominal), shape_.frame_rate());
  bitrate_ = encoder_bitrate(target.bitrate, nominal, frame_rate_);
}

/// A joining viewer does not wait for the camera: encodes the newest picture immediately, a second time if necessary.
void SharedEncoder::submit_for_joiner(Timestamp now) {
  if (!can_submit() || !somebody_joins() || now - newest_->captured_at > kFresh) return;
  submit(now, true);
}

void SharedEncoder::submit(Timestamp now, bool key_frame) {
  encoder_->set_bitrate(bitrate_);
  if (key_frame) key_frame_made(now);
  newest_used_ = true;
  last_progress_ = now;
  ++inside_;
  if (!encoder_->submit(*newest_, key_frame)) failed_ = failed_.value_or("it accepts no more pictures");
}

void SharedEncoder::on_output(std::uint64_t generation, EncoderOutput output) {
  std::vector<std::shared_ptr<Tap>> receivers;
  EncodedFrame frame;
  {
    const std::lock_guard lock(mutex_);
    if (generation != generation_) return;
    delivered_ = true;
    ++counted_.encoded;
    if (output.key_frame) ++counted_.key_frames;
    frame = {.owner = std::move(output.owner),
             .data = output.data,
             .codec = codec_,
             .key_frame = output.key_frame,
             .width = size_.width,
             .height = size_.height,
             .sequence = sequence_++,
             .captured_at = output.captured_at};
    for (const auto& tap : taps_) {
      if (output.key_frame) tap->joining = false;
      if (!tap->joining) receivers.push_back(tap);
    }
    receivers.insert(receivers.end(), listeners_.begin(), listeners_.end());
  }
  for (const auto& tap : receivers) tap->give(frame);
  {
    // Not before delivery: this is the encoder's thread, and a picture submitted while it delivers would age in its
    // queue.
    const std::lock_guard lock(mutex_);
    if (generation != generation_) return;
    inside_ = std::max(0, inside_ - 1);
    last_progress_ = runtime::now();
  }
  pump();
}

SharedEncoder::Stats SharedEncoder::stats() const {
  const std::lock_guard lock(mutex_);
  Stats stats = counted_;
  stats.viewers = static_cast<int>(taps_.size());
  if (encoder_) stats.encoder = encoder_->row().name;
  if (encoder_) stats.size = size_;
  return stats;
}

int SharedEncoder::viewers() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(taps_.size());
}

bool SharedEncoder::is_running() const {
  const std::lock_guard lock(mutex_);
  return encoder_ != nullptr;
}

}  // namespace rtcbot::media
