#include "rtcbot/base/log_rate_limiter.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot {
namespace {

constexpr std::size_t kMaxSampleBytes = 200;
/// The shared key for peers that arrive while all keys are in use.
constexpr std::string_view kOthers = "others";

/// Cuts between UTF-8 characters.
std::string shortened(std::string_view text) {
  if (text.size() <= kMaxSampleBytes) return std::string(text);
  std::size_t end = kMaxSampleBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

}  // namespace

std::string LogRateLimiter::Summary::text() const {
  return std::string(sample).append(" … and ").append(std::to_string(suppressed)).append(" more like this");
}

bool LogRateLimiter::allow(Timestamp now, std::string_view key, std::string_view sample) {
  Entry& entry = entry_of(now, key)->second;
  if (entry.bucket.take(now)) return true;
  ++suppressed_;
  if (entry.suppressed++ == 0) entry.due = now + config_.summary_interval;
  entry.sample = shortened(sample);
  due_ = std::min(due_, entry.due);
  return false;
}

LogRateLimiter::Entries::iterator LogRateLimiter::entry_of(Timestamp now, std::string_view key) {
  if (const auto found = entries_.find(key); found != entries_.end()) return found;
  if (entries_.size() >= config_.max_keys) forget_idle(now);
  const bool is_full = entries_.size() >= config_.max_keys;
  return entries_.try_emplace(std::string(is_full ? kOthers : key), Entry{TokenBucket(config_.rate)}).first;
}

void LogRateLimiter::forget_idle(Timestamp now) {
  std::erase_if(entries_,
                [&](const auto& each) { return each.second.suppressed == 0 && each.second.bucket.is_full(now); });
}

std::optional<LogRateLimiter::Summary> LogRateLimiter::poll_summary(Timestamp now) {
  if (now < due_) return std::nullopt;
  std::optional<Summary> summary;
  due_ = kNever;
  for (auto& [key, entry] : entries_) {
    if (!summary && entry.suppressed > 0 && entry.due <= now) {
      summary = Summary{key, std::exchange(entry.sample, {}), std::exchange(entry.suppressed, 0)};
      entry.due = kNever;
    }
    due_ = std::min(due_, entry.due);
  }
  return summary;
}

}  // namespace rtcbot
