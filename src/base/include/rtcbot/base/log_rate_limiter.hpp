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

/// Decides which log lines, or records of another kind, are written when a peer can cause any number of them.
///
/// Each key (who caused it, and what kind of line it is) has an allowance of its own, so that nobody's flood hides
/// another's line. Lines over the allowance are counted, and the count is reported once per `summary_interval` and key.
/// The number of keys is bounded: while all are in use, new ones share one allowance.
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
    /// From the first line that is not written to the line that gives the count.
    std::chrono::milliseconds summary_interval{10'000};
    std::size_t max_keys = 256;
  };

  /// What was not written of one key.
  struct Summary {
    std::string key{};
    std::string sample{};  ///< The newest of the lines, shortened to 200 bytes.
    std::int64_t suppressed = 0;
    /// "SAMPLE … and 312 more like this".
    [[nodiscard]] std::string text() const;
  };

  LogRateLimiter() : LogRateLimiter(Config{}) {}
  explicit LogRateLimiter(Config config) : config_(config) {}

  /// @param sample the line, for the summary. The view is not kept.
  /// @return whether to write it; otherwise it is counted.  O(log of the keys), O(keys) for a new key while all are
  /// used.
  [[nodiscard]] bool allow(Timestamp now, std::string_view key, std::string_view sample);

  /// A count that is due; nothing when all were given.
  [[nodiscard]] std::optional<Summary> poll_summary(Timestamp now);
  /// When `poll_summary` has something next; `kNever` if all lines were written.
  [[nodiscard]] Timestamp next_timeout() const { return due_; }

  /// Lines not written, since construction.
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
  /// Drops keys that would behave the same if they came again.
  void forget_idle(Timestamp now);

  Config config_;
  Entries entries_;
  Timestamp due_ = kNever;
  std::int64_t suppressed_ = 0;
};

}  // namespace rtcbot
