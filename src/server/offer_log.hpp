#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>

#include "histogram.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/base/log_rate_limiter.hpp"
#include "rtcbot/broker/broker.hpp"

namespace rtcbot::server {

/// Follows each offer from its POST to its answer, under one id. The id is in every log line about the offer, in the
/// answer's X-Request-Id, and is sent to the robot.
///
/// Pure: gets the time. Not thread-safe.
class OfferLog {
 public:
  /// @param seed of the ids; they need not be secret.
  explicit OfferLog(std::uint64_t seed) : dice_(seed) {}

  /// Starts an offer. `asked` is the X-Request-Id from a proxy, used if it is 1 to 64 of [A-Za-z0-9_.-]; otherwise an
  /// id is made.  Returns the id.
  std::string begin(Timestamp now, broker::RequestId request, const signal::RobotName& robot, std::string_view remote,
                    std::string_view asked);

  struct Ended {
    std::string id{};                   ///< Empty if the offer is unknown.
    std::optional<LogRecord> record{};  ///< The log line; empty if its address has reached its limit.
    signal::RobotName robot{};
    Duration took{};
  };
  /// It was answered, or refused, with this HTTP status.
  Ended end(Timestamp now, broker::RequestId request, int status);
  /// Its browser has disconnected.
  Ended abandon(Timestamp now, broker::RequestId request);

  /// The count of suppressed lines, when it is due.
  [[nodiscard]] std::optional<LogRecord> poll_count(Timestamp now);
  [[nodiscard]] std::int64_t suppressed() const { return limiter_.suppressed(); }

  /// From POST to answer, for offers answered with 200.
  [[nodiscard]] const DurationHistogram& answer_times() const { return answer_times_; }

 private:
  struct Offer {
    std::string id;
    signal::RobotName robot;
    std::string remote;
    Timestamp began;
  };
  std::optional<Offer> take(broker::RequestId request);
  [[nodiscard]] Ended ended(Timestamp now, const Offer& offer, LogLevel level, std::string how);

  std::mt19937_64 dice_;
  std::unordered_map<broker::RequestId, Offer> offers_;
  DurationHistogram answer_times_;
  LogRateLimiter limiter_{{.rate = {.per_second = 1, .burst = 100}, .max_keys = 1'024}};
};

}  // namespace rtcbot::server
