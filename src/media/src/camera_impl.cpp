#include "camera_impl.hpp"

#include <algorithm>
#include <condition_variable>

#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;
constexpr Duration kPrepareFor = milliseconds(5'000);
constexpr Duration kEncoderCheck = milliseconds(500);   ///< How often a running encoder is checked.
constexpr Duration kDeviceCheck = milliseconds(1'000);  ///< How often an absent device is looked for.

CaptureLife::Config life_config(const CameraConfig& config, bool reopens) {
  CaptureLife::Config life;
  life.frozen_after = config.frozen_after;
  life.picture_interval = Duration(std::chrono::seconds(1)) / config.frame_rate;
  life.linger = config.linger;
  life.reopens = reopens;
  return life;
}

EncoderSettings encoder_settings_of(const CameraConfig& config) {
  return {.width = config.width,
          .height = config.height,
          .frame_rate = config.frame_rate,
          .bitrate = DataRate::kilobits_per_second(1'000)};
}

}  // namespace

/// Wakes the supervisor. Shared, because a viewer's tap may outlive the camera and still call it.
struct CameraImpl::Wakeup {
  void wake() {
    {
      const std::lock_guard lock(mutex);
      woken = true;
    }
    changed.notify_all();
  }
  void wait_until(Timestamp at) {
    // Long enough for "never", and within the range of the library's clock arithmetic.
    const Timestamp bounded = std::min(at, runtime::now() + std::chrono::hours(24));
    std::unique_lock lock(mutex);
    changed.wait_until(lock, std::chrono::steady_clock::time_point(bounded.time_since_epoch()),
                       [this] { return woken; });
    woken = false;
  }
  std::mutex mutex;
  std::condition_variable changed;
  bool woken = false;
};

/// The connection from one capture to the camera. Cut before the capture closes, so that a driver that hangs cannot
/// call the camera.
struct CameraImpl::Link {
  std::mutex mutex;
  CameraImpl* camera = nullptr;  // guarded by mutex, which is held during each call

  void on_picture(const RawFrame& frame) {
    const std::lock_guard lock(mutex);
    if (camera != nullptr) camera->on_picture(frame);
  }
  void on_failure(Error reason) {
    const std::lock_guard lock(mutex);
    if (camera != nullptr) camera->on_failure(std::move(reason));
  }
  void cut() {
    const std::lock_guard lock(mutex);
    camera = nullptr;
  }
};

struct CameraImpl::Subscriber {
  OnFrame on_frame;
  std::recursive_mutex call;  // recursive: a subscriber may end its subscription in its own call
  bool ended = false;         // guarded by call

  void give(const RawFrame& frame) {
    const std::lock_guard lock(call);
    if (!ended) on_frame(frame);
  }
};

CameraImpl::CameraImpl(CameraConfig config, CameraOrigin origin, LogSink log)
    : config_(std::move(config)),
      origin_(std::move(origin)),
      log_(std::move(log)),
      choice_(std::make_shared<EncoderChoice>(config_.encoder, encoder_settings_of(config_), log_)),
      wakeup_(std::make_shared<Wakeup>()),
      life_(life_config(config_, origin_.port == nullptr)) {
  for (const VideoCodec codec : {VideoCodec::h264, VideoCodec::vp8}) {
    encoders_.at(static_cast<std::size_t>(codec)) = std::make_shared<SharedEncoder>(
        codec, encoder_settings_of(config_), choice_, log_, [wakeup = wakeup_] { wakeup->wake(); });
  }
  supervisor_ = std::thread([this] { supervise(); });
}

CameraImpl::~CameraImpl() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wakeup_->wake();
  supervisor_.join();
  close_capture();
  for (const auto& encoder : encoders_) encoder->stop();
}

bool CameraImpl::can_encode(VideoCodec codec) const { return !choice_->working(codec).empty(); }

void CameraImpl::prepare(VideoCodec codec) {
  const Timestamp until = runtime::now() + kPrepareFor;
  {
    const std::lock_guard lock(mutex_);
    life_.hold_until(until);
  }
  encoders_.at(static_cast<std::size_t>(codec))->expect_viewer(until);
  wakeup_->wake();
}

std::unique_ptr<EncodedVideoTap> CameraImpl::attach(VideoCodec codec, std::shared_ptr<EncodedFrameSink> sink) {
  return encoders_.at(static_cast<std::size_t>(codec))->attach(std::move(sink));
}

std::unique_ptr<EncodedVideoTap> CameraImpl::listen(VideoCodec codec, std::shared_ptr<EncodedFrameSink> sink) {
  return encoders_.at(static_cast<std::size_t>(codec))->listen(std::move(sink));
}

std::shared_ptr<void> CameraImpl::subscribe(OnFrame on_frame) {
  auto subscriber = std::make_shared<Subscriber>();
  subscriber->on_frame = std::move(on_frame);
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(subscribers_, [](const auto& weak) { return weak.expired(); });
    subscribers_.push_back(subscriber);
  }
  wakeup_->wake();
  // Destroying the handle ends the subscription and waits for a call in progress.
  Subscriber* const address = subscriber.get();
  return {address, [subscriber = std::move(subscriber), wakeup = wakeup_](void*) mutable {
            {
              const std::lock_guard lock(subscriber->call);
              subscriber->ended = true;
            }
            subscriber.reset();
            wakeup->wake();
          }};
}

void CameraImpl::on_state(OnState on_state) {
  {
    const std::lock_guard lock(mutex_);
    on_state_ = std::move(on_state);
    is_listener_new_ = true;
  }
  wakeup_->wake();
}

Result<void> CameraImpl::push(std::span<const std::uint8_t> i420, Timestamp captured_at) {
  if (origin_.port) return origin_.port->push(i420, captured_at);
  return fail(Errc::invalid_state,
              "this camera takes its pictures from " + source_name() + "; use the source \"push\" to supply pictures");
}

CameraStats CameraImpl::stats() const {
  CameraStats stats;
  for (const auto& encoder : encoders_) {
    const SharedEncoder::Stats one = encoder->stats();
    stats.frames_encoded += one.encoded;
    stats.frames_dropped_before_encoding += one.dropped;
    stats.key_frames_encoded += one.key_frames;
    stats.viewers += one.viewers;
    if (one.viewers > 0 && !one.encoder.empty()) {
      stats.encoder += (stats.encoder.empty() ? "" : ", ") + one.encoder;
    }
  }
  const std::lock_guard lock(mutex_);
  stats.state = state();
  stats.source = source_name();
  stats.frames_captured = captured_;
  stats.reopened = life_.reopened();
  return stats;
}

void CameraImpl::on_picture(const RawFrame& frame) {
  std::vector<std::shared_ptr<Subscriber>> receivers;
  CameraState before = CameraState::closed;
  {
    const std::lock_guard lock(mutex_);
    ++captured_;
    before = life_.state();
    life_.on_picture(runtime::now());
    for (const auto& weak : subscribers_) {
      if (auto subscriber = weak.lock()) receivers.push_back(std::move(subscriber));
    }
  }
  const bool came_back = before == CameraState::frozen || before == CameraState::failed;
  for (const auto& encoder : encoders_) {
    if (came_back) encoder->request_key_frame();
    encoder->on_picture(frame);
  }
  for (const auto& subscriber : receivers) subscriber->give(frame);
  if (before != CameraState::running) wakeup_->wake();
}

void CameraImpl::on_failure(Error reason) {
  {
    const std::lock_guard lock(mutex_);
    life_.on_failure(runtime::now(), std::move(reason));
  }
  wakeup_->wake();
}

int CameraImpl::users() const {
  int users = has_subscribers() ? 1 : 0;
  for (const auto& encoder : encoders_) users += encoder->viewers();
  return users;
}

bool CameraImpl::has_subscribers() const {
  const std::lock_guard lock(mutex_);
  return std::any_of(subscribers_.begin(), subscribers_.end(), [](const auto& weak) { return !weak.expired(); });
}

void CameraImpl::supervise() {
  for (;;) {
    const Timestamp now = runtime::now();
    const int using_it = users();
    CaptureLife::Action action{};
    bool keep = false;
    look_for_better(now);
    look_for_device(now);
    {
      const std::lock_guard lock(mutex_);
      if (ending_) return;
      life_.set_users(now, using_it);
      action = life_.next(now);
      keep = life_.is_open();
    }
    // Starts encoders before the capture, so that the first picture finds one running.
    if (action == CaptureLife::Action::close) obey(action);
    bool encoding = false;
    for (const auto& encoder : encoders_) {
      encoder->maintain(now, keep);
      encoding = encoding || encoder->is_running() || encoder->viewers() > 0;
    }
    if (action == CaptureLife::Action::open) obey(action);
    tell_state();
    if (action != CaptureLife::Action::none) continue;
    const Timestamp at = next_at();
    wakeup_->wait_until(encoding ? std::min(at, now + kEncoderCheck) : at);
  }
}

CameraState CameraImpl::state() const {
  const bool is_substitute = origin_.search && origin_.search->is_missing();
  return is_substitute && life_.state() == CameraState::running ? CameraState::missing : life_.state();
}

Timestamp CameraImpl::next_at() const {
  const std::lock_guard lock(mutex_);
  const Timestamp at = life_.next_at();
  if (!life_.is_open()) return std::min(at, look_at_);
  return origin_.search ? std::min(at, origin_.search->next_at()) : at;
}

std::string CameraImpl::source_name() const { return origin_.search ? origin_.search->name() : origin_.name; }

/// Replaces the test picture by a camera that was plugged in. Looks without the lock, because a driver may be slow.
void CameraImpl::look_for_better(Timestamp now) {
  if (!origin_.search) return;
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || !life_.is_open()) return;
  }
  if (!origin_.search->should_replace(now)) return;
  const std::lock_guard lock(mutex_);
  life_.replace(now);
}

/// Looks whether the device can be opened, before it is, and once a second while it cannot. Looks without the lock,
/// because a driver may be slow.
void CameraImpl::look_for_device(Timestamp now) {
  if (!origin_.absence) return;
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || life_.is_open()) return;
  }
  auto absence = origin_.absence();
  look_at_ = absence ? now + kDeviceCheck : kNever;
  const std::lock_guard lock(mutex_);
  life_.set_absence(now, std::move(absence));
}

void CameraImpl::obey(CaptureLife::Action action) {
  switch (action) {
    case CaptureLife::Action::none: return;
    case CaptureLife::Action::open: return open_capture();
    case CaptureLife::Action::close: return close_capture();
  }
}

void CameraImpl::open_capture() {
  link_ = std::make_shared<Link>();
  link_->camera = this;
  CaptureEvents events{.on_picture = [link = link_](const RawFrame& frame) { link->on_picture(frame); },
                       .on_failure = [link = link_](Error reason) { link->on_failure(std::move(reason)); }};
  auto opened = origin_.open(std::move(events));
  if (opened) {
    capture_ = std::move(*opened);
    return;
  }
  link_->cut();
  on_failure(opened.error());
}

void CameraImpl::close_capture() {
  if (link_) link_->cut();
  for (const auto& encoder : encoders_) encoder->forget_picture();
  capture_.reset();
}

void CameraImpl::tell_state() {
  OnState listener;
  std::optional<Error> reason;
  CameraState state{};
  CameraState before{};
  bool is_news = false;
  {
    const std::lock_guard lock(mutex_);
    state = this->state();
    reason = life_.reason();
    if (state == CameraState::running || state == CameraState::closed) told_reasons_.clear();
    is_news = reason && told_reasons_.is_news(reason->what());
    const bool is_known = std::exchange(is_listener_new_, false) ? state == CameraState::closed : state == told_;
    before = std::exchange(told_, state);
    if (!is_known || is_news) listener = on_state_;
  }
  if (state != before || is_news) log_state(before, state, reason);
  if (listener) listener(state, reason ? &*reason : nullptr);
}

std::string CameraImpl::label() const {
  if (config_.name.empty()) return "camera " + source_name();
  return config_.name.starts_with("camera") ? config_.name : "camera " + config_.name;
}

/// A fault and its end are for everybody. Other changes are for debugging, because a camera opens and closes with its
/// viewers and for each snapshot.
void CameraImpl::log_state(CameraState before, CameraState state, const std::optional<Error>& reason) {
  if (!log_) return;
  const std::string text = label() + ": ";
  if (reason) {
    is_faulty_ = true;
    const std::string what = state == CameraState::missing ? "" : std::string(name_of(state)) + ": ";
    return log_({LogLevel::warning, "media", text + what + reason->what()});
  }
  const bool has_appeared = before == CameraState::missing && origin_.absence;
  const bool is_end_of_fault = is_faulty_ && (has_appeared || state == CameraState::running);
  if (is_end_of_fault) is_faulty_ = false;
  const std::string what = has_appeared ? origin_.name + " is found" : std::string(name_of(state));
  log_({is_end_of_fault ? LogLevel::info : LogLevel::debug, "media", text + what});
}

}  // namespace rtcbot::media
