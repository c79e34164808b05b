#pragma once

#include <chrono>
#include <optional>

#include "rtcbot/base/time.hpp"
#include "rtcbot/safety/command.hpp"

namespace rtcbot::safety {

/// Assigns the right to drive to at most one viewer, until that viewer gives it up, hands it over, leaves, or is silent
/// for a while.
///
/// Pure: time is passed in. The caller checks who may drive (`Safety` knows). Not thread-safe.
class Lease {
 public:
  enum class Outcome {
    done,
    asked,              ///< The request was sent to the driver.
    not_driver,         ///< Only the driver may do this.
    no_request,         ///< There is no request to grant or refuse.
    already_requested,  ///< By another viewer.
    may_not_drive,      ///< Returned by `Safety` only; the lease does not know it.
  };

  /// `silent_after`: a driver without an accepted command for this time loses the lease to the next `request`.
  explicit Lease(Duration silent_after) : silent_after_(silent_after) {}

  Outcome request(Timestamp now, ViewerId viewer);
  /// The driver gives up the lease, and the requesting viewer gets it. Called by the requesting viewer, withdraws the
  /// request.
  Outcome release(Timestamp now, ViewerId viewer);
  Outcome hand_over(Timestamp now, ViewerId viewer);
  Outcome deny(ViewerId viewer);
  /// The viewer's connection has ended.
  void leave(Timestamp now, ViewerId viewer);
  /// A command of the driver was accepted.
  void heard(Timestamp now) { heard_at_ = now; }

  [[nodiscard]] std::optional<ViewerId> driver() const { return driver_; }
  [[nodiscard]] std::optional<ViewerId> pending_request() const { return pending_request_; }

 private:
  void hand_to(Timestamp now, std::optional<ViewerId> viewer);

  Duration silent_after_;
  std::optional<ViewerId> driver_;
  std::optional<ViewerId> pending_request_;
  Timestamp heard_at_{};
};

}  // namespace rtcbot::safety
