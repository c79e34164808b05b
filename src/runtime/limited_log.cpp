#include "rtcbot/runtime/limited_log.hpp"

#include <optional>

namespace rtcbot::runtime {

void LimitedLog::write(Timestamp now, std::string_view key, const LogRecord& record) {
  {
    const std::lock_guard lock(mutex_);
    if (!limiter_.allow(now, key, record.message)) return;
  }
  if (sink_) sink_(record);
}

void LimitedLog::flush(Timestamp now) {
  while (true) {
    std::optional<LogRateLimiter::Summary> summary;
    {
      const std::lock_guard lock(mutex_);
      summary = limiter_.poll_summary(now);
    }
    if (!summary) return;
    if (sink_) sink_({level_, room_, summary->text()});
  }
}

Timestamp LimitedLog::next_timeout() const {
  const std::lock_guard lock(mutex_);
  return limiter_.next_timeout();
}

std::int64_t LimitedLog::suppressed() const {
  const std::lock_guard lock(mutex_);
  return limiter_.suppressed();
}

}  // namespace rtcbot::runtime
