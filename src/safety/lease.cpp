#include "rtcbot/safety/lease.hpp"

namespace rtcbot::safety {

void Lease::hand_to(Timestamp now, std::optional<ViewerId> viewer) {
  driver_ = viewer;
  pending_request_.reset();
  heard_at_ = now;
}

Lease::Outcome Lease::request(Timestamp now, ViewerId viewer) {
  if (driver_ == viewer) return Outcome::done;
  if (!driver_ || now - heard_at_ >= silent_after_) {
    hand_to(now, viewer);
    return Outcome::done;
  }
  if (pending_request_ && pending_request_ != viewer) return Outcome::already_requested;
  pending_request_ = viewer;
  return Outcome::asked;
}

Lease::Outcome Lease::release(Timestamp now, ViewerId viewer) {
  if (pending_request_ == viewer) {
    pending_request_.reset();
    return Outcome::done;
  }
  if (driver_ != viewer) return Outcome::not_driver;
  hand_to(now, pending_request_);
  return Outcome::done;
}

Lease::Outcome Lease::hand_over(Timestamp now, ViewerId viewer) {
  if (driver_ != viewer) return Outcome::not_driver;
  if (!pending_request_) return Outcome::no_request;
  hand_to(now, pending_request_);
  return Outcome::done;
}

Lease::Outcome Lease::deny(ViewerId viewer) {
  if (driver_ != viewer) return Outcome::not_driver;
  if (!pending_request_) return Outcome::no_request;
  pending_request_.reset();
  return Outcome::done;
}

void Lease::leave(Timestamp now, ViewerId viewer) {
  if (pending_request_ == viewer) pending_request_.reset();
  if (driver_ == viewer) hand_to(now, pending_request_);
}

}  // namespace rtcbot::safety
