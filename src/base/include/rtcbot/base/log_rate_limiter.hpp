#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/token_bucket.hpp"

namespace rtcbot {

/// Limits log lines, or records of another kind, that a peer can cause in any number.
///
/// Each key (the peer and the kind of line) has its own token bucket, so that one peer's flood does not hide another
/// peer's lines. Suppressed lines are counted; the count is reported once per `summary_interval` and key. The number of
/// keys is bounded: while all are in use, new keys share one bucket.
///
///     if (limiter.allow(now, "7/lease", sentence)) log(sentence);
///     while (const auto summary = limiter.poll_summary(now)) log(summary->text());
///
/// Pure: the time is passed in; call `poll_summary` at `next_timeout`. Not thread-safe; distinct objects are
/// independent.
class LogRateLimiter {
 public:
  struct Config {
    TokenBucket::Rate rate{.per_second = 0.2, .burst = 10};
    /// Time from the first suppressed line to the summary line.
    std::chrono::milliseconds summary_interval{10'000};
    std::size_t max_keys = 256;
  };

  /// The suppressed lines of one key.
  struct Summary {
    std::string key{};
    std::string sample{};  ///< The newest suppressed line, shortened to 200 bytes.
    std::int64_t suppressed = 0;
    /// "SAMPLE … and 312 more like this".
    [[nodiscard]] std::string text() const;
  };

  LogRateLimiter() : LogRateLimiter(Config{}) {}
  explicit LogRateLimiter(Config config) : config_(config) {}

  /// @param sample the line, for the summary. The view is not kept.
  /// @return true if the line shall be written; otherwise it is counted.  O(log of the keys); O(keys) for a new key
  /// while all are in use.
  [[nodiscard]] bool allow(Timestamp now, std::string_view key, std::string_view sample);

  /// Returns one summary that is due, or nothing. Call it until it returns nothing.
  [[nodiscard]] std::optional<Summary> poll_summary(Timestamp now);
  /// When the next summary is due; `kNever` if no line is suppressed.
  [[nodiscard]] Timestamp next_timeout() const { return due_; }

  /// Number of lines suppressed since construction.
  [[nodiscard]] std::int64_t suppressed() const { return suppressed_; }

 private:
  struct Entry {
    TokenBucket bucket;
    std::int64_t suppressed = 0;
    std::string sample{};
    Timestamp due = kNever;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  [[nodiscard]] Entries::iterator entry_of(Timestamp now, std::string_view key);
  /// Drops keys whose state equals that of a new key.
  void forget_idle(Timestamp now);

  Config config_;
  Entries entries_;
  Timestamp due_ = kNever;
  std::int64_t suppressed_ = 0;
};

}  // namespace rtcbot
