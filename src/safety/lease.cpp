#include "rtcbot/safety/lease.hpp"

namespace rtcbot::safety {

void Lease::hand_to(Timestamp now, std::optional<ViewerId> viewer) {
  driver_ = viewer;
  asking_.reset();
  heard_at_ = now;
}

Lease::Outcome Lease::take(Timestamp now, ViewerId viewer) {
  if (driver_ == viewer) return Outcome::done;
  if (!driver_ || now - heard_at_ >= silent_after_) {
    hand_to(now, viewer);
    return Outcome::done;
  }
  if (asking_ && asking_ != viewer) return Outcome::already_asked;
  asking_ = viewer;
  return Outcome::asked;
}

Lease::Outcome Lease::give(Timestamp now, ViewerId viewer) {
  if (asking_ == viewer) {
    asking_.reset();
    return Outcome::done;
  }
  if (driver_ != viewer) return Outcome::not_driver;
  hand_to(now, asking_);
  return Outcome::done;
}

Lease::Outcome Lease::grant(Timestamp now, ViewerId viewer) {
  if (driver_ != viewer) return Outcome::not_driver;
  if (!asking_) return Outcome::nobody_asks;
  hand_to(now, asking_);
  return Outcome::done;
}

Lease::Outcome Lease::refuse(ViewerId viewer) {
  if (driver_ != viewer) return Outcome::not_driver;
  if (!asking_) return Outcome::nobody_asks;
  asking_.reset();
  return Outcome::done;
}

void Lease::leave(Timestamp now, ViewerId viewer) {
  if (asking_ == viewer) asking_.reset();
  if (driver_ == viewer) hand_to(now, asking_);
}

}  // namespace rtcbot::safety
