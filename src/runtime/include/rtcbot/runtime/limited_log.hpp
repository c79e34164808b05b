#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/log_rate_limiter.hpp"

namespace rtcbot::runtime {

/// A log for lines that peers can cause: passes on a few of each key and gives the count of the others
/// (`LogRateLimiter`). The owner calls `flush` at `next_timeout` or soon after. Thread-safe.
class LimitedLog {
 public:
  /// @param level, room  of the lines that give a count.
  LimitedLog(LogSink sink, LogLevel level, std::string room, LogRateLimiter::Config config = {})
      : sink_(std::move(sink)), level_(level), room_(std::move(room)), limiter_(config) {}

  /// @param key who caused the line, and what kind of line it is.
  void write(Timestamp now, std::string_view key, const LogRecord& record);

  /// Writes the counts that are due.
  void flush(Timestamp now);
  /// When `flush` has something to write; `kNever` if all lines were written.
  [[nodiscard]] Timestamp next_timeout() const;

  /// Lines not written, since construction.
  [[nodiscard]] std::int64_t suppressed() const;

 private:
  const LogSink sink_;
  const LogLevel level_;
  const std::string room_;
  mutable std::mutex mutex_;
  LogRateLimiter limiter_;
};

}  // namespace rtcbot::runtime
