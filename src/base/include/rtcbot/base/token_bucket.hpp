#pragma once

#include <optional>

#include "rtcbot/base/time.hpp"

namespace rtcbot {

/// Fills with tokens at a steady rate; each act takes one.
///
/// Pure: the time is passed in. A time before an earlier one counts as the earlier one. Not thread-safe; distinct
/// objects are independent.
class TokenBucket {
 public:
  struct Rate {
    double per_second = 1;  ///< Acts that are allowed forever, above 0.
    double burst = 1;       ///< Acts that are allowed immediately after a pause, at least 1.
    friend bool operator==(const Rate&, const Rate&) = default;
  };

  /// The bucket is full at the first `take`.
  explicit TokenBucket(Rate rate) : rate_(rate), tokens_(rate.burst) {}

  /// @return true if the act is allowed; then its token is gone.
  [[nodiscard]] bool take(Timestamp now);

  /// How long after the last `take` the next one is allowed; zero if it is allowed now.
  [[nodiscard]] Duration wait() const;

  /// Whether a bucket that is made at `now` would behave the same.
  [[nodiscard]] bool is_full(Timestamp now) const;

 private:
  [[nodiscard]] double tokens_at(Timestamp now) const;

  Rate rate_;
  double tokens_;
  std::optional<Timestamp> filled_at_;
};

}  // namespace rtcbot
