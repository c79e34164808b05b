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

/// Which of fifty commands a second say something new.  Pure; not thread-safe.
class CommandSieve {
 public:
  /// Whether this one does. If it is to be recorded, `recorded` follows.
  [[nodiscard]] bool is_news(Timestamp now, const safety::CommandRecord& command) const;
  void recorded(Timestamp now, const safety::CommandRecord& command);

 private:
  static constexpr std::chrono::milliseconds kMovingEvery{100}, kStillEvery{1'000};

  std::optional<safety::CommandRecord> last_;
  Timestamp at_{};
};

/// Which outputs are recorded: each change, and once a second what stays. A viewer who makes them change all the time
/// gets as many records as a person at the controls makes; the stops have an allowance of their own for each reason.
///
/// What is not recorded stays news: the newest output follows as soon as there is room.  Pure; not thread-safe.
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

/// How many records of the black box each viewer may cause. The emergency stop and each change of driver have
/// allowances of their own, so that nobody's flood hides them.  Thread-safe.
class RecordLimits {
 public:
  RecordLimits();

  [[nodiscard]] bool allow(Timestamp now, const safety::Event& event);
  /// Also counts one that says nothing new as not wanted.
  [[nodiscard]] bool allow(Timestamp now, const safety::CommandRecord& command);
  /// @param key the room and the level of a log line.
  [[nodiscard]] bool allow_line(Timestamp now, std::string_view key, std::string_view message);

  /// Calls `record` for each count that is due; `kNever`: for all.
  void report(Timestamp now, const std::function<void(std::string_view type, const LogRateLimiter::Summary&)>& record);

  /// Events, commands and lines that were not recorded.
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
