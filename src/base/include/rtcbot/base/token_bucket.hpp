#pragma once

#include <optional>

#include "rtcbot/base/time.hpp"

namespace rtcbot {

/// A token bucket: it fills at a steady rate, and each action takes one token.
///
/// Pure: the time is passed in. A time earlier than a previous one counts as that previous one. Not thread-safe;
/// distinct objects are independent.
class TokenBucket {
 public:
  struct Rate {
    double per_second = 1;  ///< Sustained rate of actions, above 0.
    double burst = 1;       ///< Number of actions allowed immediately after an idle time, at least 1.
    friend bool operator==(const Rate&, const Rate&) = default;
  };

  /// The bucket is full at the first `take`.
  explicit TokenBucket(Rate rate) : rate_(rate), tokens_(rate.burst) {}

  /// Takes a token if one is available.  @return true if the action is allowed.
  [[nodiscard]] bool take(Timestamp now);

  /// Time from the last `take` until the next one is allowed; zero if it is allowed now.
  [[nodiscard]] Duration wait() const;

  /// True if the bucket is full at `now`, like a new one.
  [[nodiscard]] bool is_full(Timestamp now) const;

 private:
  [[nodiscard]] double tokens_at(Timestamp now) const;

  Rate rate_;
  double tokens_;
  std::optional<Timestamp> filled_at_;
};

}  // namespace rtcbot
