#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/log_rate_limiter.hpp"

namespace rtcbot::runtime {

/// A log for lines that peers can cause: forwards a few lines of each key and logs the count of the others
/// (`LogRateLimiter`). The owner calls `flush` at `next_timeout` or soon after. Thread-safe.
class LimitedLog {
 public:
  /// @param level, room  of the summary lines.
  LimitedLog(LogSink sink, LogLevel level, std::string room, LogRateLimiter::Config config = {})
      : sink_(std::move(sink)), level_(level), room_(std::move(room)), limiter_(config) {}

  /// @param key the peer that caused the line, and the kind of line.
  void write(Timestamp now, std::string_view key, const LogRecord& record);

  /// Logs the summaries that are due.
  void flush(Timestamp now);
  /// When the next summary is due; `kNever` if no line is suppressed.
  [[nodiscard]] Timestamp next_timeout() const;

  /// Number of lines suppressed since construction.
  [[nodiscard]] std::int64_t suppressed() const;

 private:
  const LogSink sink_;
  const LogLevel level_;
  const std::string room_;
  mutable std::mutex mutex_;
  LogRateLimiter limiter_;
};

}  // namespace rtcbot::runtime
