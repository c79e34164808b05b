// Starting, replacing and stopping the encoder of a SharedEncoder: the supervisor thread's part.
#include <utility>

#include "rtcbot/base/weakly.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "shared_encoder.hpp"
#include "shared_encoder_tap.hpp"

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;

constexpr Duration kSilence = milliseconds(1'500);  ///< An encoder that keeps a picture longer has failed.
constexpr Duration kRetry = milliseconds(5'000);    ///< After all encoders failed, the best is tried again after this.

}  // namespace

void SharedEncoder::on_failure(std::uint64_t generation, const std::string& reason) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    if (generation != generation_) return;
    failed_ = reason;
    wake = wake_;
  }
  if (wake) wake();
}

void SharedEncoder::maintain(Timestamp now, bool keep) {
  bool start = false;
  bool end = false;
  bool replace = false;
  bool resize = false;
  {
    const std::lock_guard lock(mutex_);
    check_for_silence(now);
    replace = failed_.has_value();
    const bool is_wanted = !taps_.empty() || now < expected_until_;
    start = !encoder_ && is_wanted && now >= retry_at_;
    end = encoder_ && !is_wanted && !keep;
    resize = wants_resize() && !taps_.empty();
  }
  if (replace) return replace_failed(now);
  if (start) return start_encoder(now);
  if (end) return take_down();
  if (resize) resize_encoder();
}

bool SharedEncoder::wants_resize() const { return encoder_ && !failed_ && shape_.size() != size_; }

/// Starts the same encoder for the new size, then replaces the old one. If two cannot run at the same time, stops the
/// old one first. If the new one still does not start, keeps the full size for good.
void SharedEncoder::resize_encoder() {
  EncoderSettings settings;
  EncoderRow row;
  std::uint64_t generation = 0;
  {
    const std::lock_guard lock(mutex_);
    settings = settings_now();
    row = encoder_->row();
    // The new encoder's generation; the running encoder's output stays valid until the exchange.
    generation = generation_ + 1;
  }
  auto started = EncoderPipeline::start(row, settings, events_of(generation), log_);
  if (!started) {
    take_down();  // This advances generation_, so the next attempt needs the next number.
    ++generation;
    started = EncoderPipeline::start(row, settings, events_of(generation), log_);
  }
  if (!started) return keep_full_size(row);
  std::unique_ptr<EncoderPipeline> old;
  {
    const std::lock_guard lock(mutex_);
    old = std::exchange(encoder_, std::move(*started));
    generation_ = generation;
    failed_.reset();
    inside_ = 0;
    delivered_ = false;
    size_ = settings.encoded_size();
    ++counted_.resized;
    key_frame_made(runtime::now());  // Its first frame is a key frame.
  }
  pump();
}  // `old` stops here, without the lock that its last output may wait for.

void SharedEncoder::check_for_silence(Timestamp now) {
  // Up to its depth an encoder may keep pictures as long as no new ones arrive.
  if (!encoder_ || failed_ || inside_ < encoder_->row().depth || now - last_progress_ < kSilence) return;
  failed_ = "it holds a picture for more than 1.5 s";
}

void SharedEncoder::replace_failed(Timestamp now) {
  std::string name;
  std::string reason;
  bool unable = false;
  {
    const std::lock_guard lock(mutex_);
    // The encoder delivered nothing at a smaller size: give up the size, not the encoder.
    unable = !delivered_ && size_ != settings_.encoded_size();
    if (unable) shape_.keep_full_size();
    name = encoder_ ? encoder_->row().name : "encoder";
    reason = failed_.value_or("");
  }
  take_down();
  if (log_)
    log_({LogLevel::warning, "media",
          name + " failed: " + reason + (unable ? "; it continues at full size" : "; the next one takes over")});
  if (!unable) {
    const std::lock_guard lock(mutex_);
    ++row_;
  }
  if (viewers() > 0) start_encoder(now);
}

void SharedEncoder::keep_full_size(const EncoderRow& row) {
  if (log_)
    log_({LogLevel::warning, "media", std::string(row.name) + " does not start at another size; it keeps its size"});
  {
    const std::lock_guard lock(mutex_);
    shape_.keep_full_size();
  }
  start_encoder(runtime::now());
}

EncoderPipeline::Events SharedEncoder::events_of(std::uint64_t generation) {
  const std::weak_ptr<SharedEncoder> weak = weak_from_this();
  return {
      .on_output = weakly(weak, [generation](SharedEncoder& self,
                                             EncoderOutput output) { self.on_output(generation, std::move(output)); }),
      .on_failure = weakly(
          weak, [generation](SharedEncoder& self, const std::string& reason) { self.on_failure(generation, reason); })};
}

/// The settings for an encoder that starts now.
EncoderSettings SharedEncoder::settings_now() const {
  EncoderSettings settings = settings_;
  settings.bitrate = bitrate_;
  if (shape_.size() != settings_.encoded_size()) settings.scaled_to = shape_.size();
  return settings;
}

/// Starts the best row that has not failed yet. A new encoder always begins with a key frame.
void SharedEncoder::start_encoder(Timestamp now) {
  const std::vector<EncoderRow> rows = choice_->working(codec_);
  std::uint64_t generation = 0;
  std::size_t row = 0;
  EncoderSettings settings;
  {
    const std::lock_guard lock(mutex_);
    generation = ++generation_;
    row = row_;
    settings = settings_now();
  }
  std::unique_ptr<EncoderPipeline> started;
  for (; row < rows.size() && !started; ++row) {
    auto result = EncoderPipeline::start(rows[row], settings, events_of(generation), log_);
    if (result) {
      started = std::move(*result);
      break;
    }
    if (log_) log_({LogLevel::warning, "media", std::string(rows[row].name) + ": " + result.error().what()});
  }
  const std::lock_guard lock(mutex_);
  encoder_ = std::move(started);
  row_ = encoder_ ? row : 0;
  if (!encoder_) retry_at_ = now + kRetry;
  inside_ = 0;
  delivered_ = false;
  size_ = settings.encoded_size();
  for (const auto& tap : taps_) tap->last_room_at = now;
  submit_for_joiner(runtime::now());
}

void SharedEncoder::take_down() {
  std::unique_ptr<EncoderPipeline> old;
  {
    const std::lock_guard lock(mutex_);
    old = std::move(encoder_);
    ++generation_;
    failed_.reset();
    inside_ = 0;
  }
}  // `old` stops here, without the lock that its last output may wait for.

void SharedEncoder::stop() {
  {
    const std::lock_guard lock(mutex_);
    wake_ = nullptr;
  }
  take_down();
}

}  // namespace rtcbot::media
