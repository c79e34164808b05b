#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "rtcbot/base/log_rate_limiter.hpp"
#include "rtcbot/safety/safety.hpp"

namespace rtcbot::app {

/// Selects the commands worth recording, of 50 a second.  Pure; not thread-safe.
class CommandSieve {
 public:
  /// True if this command is. Call `recorded` if it is recorded.
  [[nodiscard]] bool is_news(Timestamp now, const safety::CommandRecord& command) const;
  void recorded(Timestamp now, const safety::CommandRecord& command);

 private:
  static constexpr std::chrono::milliseconds kMovingEvery{100}, kStillEvery{1'000};

  std::optional<safety::CommandRecord> last_;
  Timestamp at_{};
};

/// Selects the outputs to record: each change, and one a second without a change. The rate is limited to that of a
/// person at the controls; each reason for a stop has its own limit.
///
/// A suppressed output stays news: the newest output is recorded as soon as the limit permits.  Pure; not thread-safe.
class OutputSieve {
 public:
  OutputSieve();
  [[nodiscard]] bool passes(Timestamp now, const safety::Output& output);
  [[nodiscard]] std::optional<LogRateLimiter::Summary> poll_summary(Timestamp now);

 private:
  [[nodiscard]] LogRateLimiter& limiter_for(const safety::Output& output) { return output.moving() ? moves_ : stops_; }

  LogRateLimiter moves_, stops_;
  std::optional<safety::Output> last_;
  Timestamp due_{};
};

/// Limits the records of the black box that each viewer can cause. The emergency stop and each change of driver have
/// separate limits, so that a flood of other records cannot hide them.  Thread-safe.
class RecordLimits {
 public:
  RecordLimits();

  [[nodiscard]] bool allow(Timestamp now, const safety::Event& event);
  /// False also for a command without news, which does not count as suppressed.
  [[nodiscard]] bool allow(Timestamp now, const safety::CommandRecord& command);
  /// @param key the room and the level of a log line.
  [[nodiscard]] bool allow_line(Timestamp now, std::string_view key, std::string_view message);

  /// Calls `record` for each count that is due; `kNever`: for all.
  void report(Timestamp now, const std::function<void(std::string_view type, const LogRateLimiter::Summary&)>& record);

  /// Events, commands and lines that were suppressed.
  [[nodiscard]] std::int64_t suppressed() const;

 private:
  struct Kind {
    std::string_view type;
    LogRateLimiter limiter;
  };

  mutable std::mutex mutex_;
  Kind decisive_, events_, commands_, lines_;
  CommandSieve sieve_;
};

}  // namespace rtcbot::app
