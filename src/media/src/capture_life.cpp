#include "capture_life.hpp"

#include <algorithm>

namespace rtcbot::media {
namespace {

std::string milliseconds_text(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) + " ms";
}

}  // namespace

bool CaptureLife::is_wanted(Timestamp now) const { return users_ > 0 || now < wanted_until_; }

void CaptureLife::set_users(Timestamp now, int users) {
  if (users_ > 0 && users == 0) hold_until(now + config_.linger);
  users_ = users;
}

void CaptureLife::hold_until(Timestamp until) { wanted_until_ = std::max(wanted_until_, until); }

void CaptureLife::measure(Timestamp now) {
  if (pictures_ > 0) intervals_.at(static_cast<std::size_t>(pictures_) % intervals_.size()) = now - last_picture_at_;
  ++pictures_;
  if (pictures_ > static_cast<std::int64_t>(intervals_.size())) early_freezes_ = 0;
}

/// A camera may be slower than configured, in the dark for example. One late picture proves nothing, so the median of
/// three intervals counts. Before three intervals are known, each apparent freeze doubles the time for the next
/// opening; otherwise the intervals of a slow camera would never be measured.
Duration CaptureLife::frozen_after() const {
  const Duration least = std::max(config_.frozen_after, 3 * config_.picture_interval);
  if (pictures_ <= static_cast<std::int64_t>(intervals_.size())) {
    return std::min(least * (1 << early_freezes_), std::max(least, config_.open_limit));
  }
  auto sorted = intervals_;
  std::sort(sorted.begin(), sorted.end());
  return std::max(least, std::min(3 * sorted[1], config_.open_limit));
}

void CaptureLife::on_picture(Timestamp now) {
  if (!open_ || close_now_) return;
  measure(now);
  if (!first_picture_at_) first_picture_at_ = now;
  last_picture_at_ = now;
  state_ = CameraState::running;
  reason_.reset();
}

void CaptureLife::on_failure(Timestamp now, Error reason) {
  if (close_now_ || !open_) return;
  give_up(now, CameraState::failed, std::move(reason));
}

void CaptureLife::set_absence(Timestamp now, std::optional<Absence> absence) {
  if (open_) return;
  if (absence_ && !absence) {
    pause_ = {};
    retry_at_ = now;
    // What failed before the device was unplugged is over, and is not reported once more.
    reason_.reset();
    if (state_ != CameraState::closed) state_ = CameraState::opening;
  }
  absence_ = std::move(absence);
}

void CaptureLife::replace(Timestamp now) {
  if (!open_ || close_now_) return;
  close_now_ = true;
  state_ = CameraState::opening;
  reason_.reset();
  pause_ = {};
  retry_at_ = now;
}

void CaptureLife::give_up(Timestamp now, CameraState state, Error reason) {
  const bool peak_delivered = first_picture_at_ && last_picture_at_ - *first_picture_at_ >= config_.proven_after;
  state_ = state;
  reason_ = std::move(reason);
  if (!config_.reopens) return;
  pause_ = peak_delivered || pause_ == Duration() ? config_.first_pause : std::min(2 * pause_, config_.longest_pause);
  retry_at_ = now + pause_;
  close_now_ = open_;
}

Timestamp CaptureLife::picture_due() const {
  return first_picture_at_ ? last_picture_at_ + frozen_after() : opened_at_ + config_.open_limit;
}

CaptureLife::Action CaptureLife::next(Timestamp now) {
  const bool counts = open_ && !close_now_ && (state_ == CameraState::running || config_.reopens);
  if (counts && now >= picture_due()) {
    if (first_picture_at_) {
      const Duration limit = frozen_after();
      if (pictures_ <= static_cast<std::int64_t>(intervals_.size())) early_freezes_ = std::min(early_freezes_ + 1, 10);
      give_up(now, CameraState::frozen,
              Error(Errc::camera_failed, "the camera gave no picture for " + milliseconds_text(limit) +
                                             "; it is opened again. Check its cable and power"));
    } else {
      give_up(now, CameraState::failed,
              Error(Errc::camera_failed, "the camera opened but gave no picture within " +
                                             milliseconds_text(config_.open_limit) + "; it is opened again"));
    }
  }
  if (open_ && (close_now_ || !is_wanted(now))) {
    open_ = close_now_ = false;
    if (!is_wanted(now)) state_ = CameraState::closed;
    return Action::close;
  }
  if (!open_ && !is_wanted(now)) {
    state_ = CameraState::closed;
    reason_.reset();
    pause_ = {};
    retry_at_ = {};
  }
  if (open_ || absence_ || !is_wanted(now) || now < retry_at_) return Action::none;
  if (pause_ != Duration()) ++reopened_;
  open_ = true;
  opened_at_ = now;
  first_picture_at_.reset();
  pictures_ = 0;
  // After a failure the state changes only when the camera delivers a picture.
  if (state_ == CameraState::closed) state_ = CameraState::opening;
  return Action::open;
}

Timestamp CaptureLife::next_at() const {
  Timestamp at = kNever;
  const bool counts = open_ && (state_ == CameraState::running || config_.reopens);
  if (counts) at = std::min(at, picture_due());
  if (open_ && users_ == 0) at = std::min(at, wanted_until_);
  // An absent device is opened when it appears, which its owner reports.
  const Timestamp retry_at = absence_ ? kNever : retry_at_;
  if (!open_ && state_ != CameraState::closed) {
    at = std::min(at, users_ > 0 ? retry_at : std::min(retry_at, wanted_until_));
  }
  if (!open_ && users_ > 0) at = std::min(at, retry_at);
  return at;
}

}  // namespace rtcbot::media
