#pragma once

#include <chrono>
#include <optional>

#include "rtcbot/base/time.hpp"
#include "rtcbot/safety/command.hpp"

namespace rtcbot::safety {

/// Who drives: nobody or one, until they give it, hand it over, leave, or are not heard of for a while.
///
/// Pure: told the time and who may ask (`Safety` knows who may drive). Not thread-safe.
class Lease {
 public:
  enum class Outcome {
    done,
    asked,          ///< The driver has been asked.
    not_driver,     ///< Only the driver may do this.
    nobody_asks,    ///< Nothing to grant or refuse.
    already_asked,  ///< By somebody else.
    may_not_drive,  ///< `Safety` says so; the lease itself does not know.
  };

  /// `silent_after`: a driver of whom nothing was taken for so long need not be asked.
  explicit Lease(Duration silent_after) : silent_after_(silent_after) {}

  Outcome take(Timestamp now, ViewerId viewer);
  /// The driver stops driving, and who asks gets it; who asks takes that back.
  Outcome give(Timestamp now, ViewerId viewer);
  Outcome grant(Timestamp now, ViewerId viewer);
  Outcome refuse(ViewerId viewer);
  /// The connection has ended.
  void leave(Timestamp now, ViewerId viewer);
  /// A command of the driver's was taken.
  void heard(Timestamp now) { heard_at_ = now; }

  [[nodiscard]] std::optional<ViewerId> driver() const { return driver_; }
  [[nodiscard]] std::optional<ViewerId> asking() const { return asking_; }

 private:
  void hand_to(Timestamp now, std::optional<ViewerId> viewer);

  Duration silent_after_;
  std::optional<ViewerId> driver_;
  std::optional<ViewerId> asking_;
  Timestamp heard_at_{};
};

}  // namespace rtcbot::safety
