#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "peer_types.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/base/token_bucket.hpp"

namespace rtcbot::engine {

/// Understands the messages of `kClockChannel` and says what to answer.
///
/// Two messages, words with a space between:
///     clock T                      the page's time, any finite number; answered by "clock T R", R the robot's Unix
///     time
///                                  in ms with a fraction. One R is enough: nothing waits between receipt and answer.
///     seen FRAMES FREEZES P50 P95  frames decoded and freezes so far; frame delay, glass to glass, in whole or broken
///                                  ms, or "-" where the page does not know it. Not answered.
/// What is none of these, too long or too frequent is counted and otherwise as if it had not come: the channel is not
/// repeated, so the other side bears with losses.
///
/// Pure: told the time.  Not thread-safe.
class ClockAnswers {
 public:
  static constexpr std::size_t kLongestMessage = 128;
  static constexpr int kBurst = 40;     ///< Messages that may come at once.
  static constexpr int kPerSecond = 5;  ///< Messages that may come for ever.

  /// The answer to a message, if it has one. `unix_ms`: the robot's time of receipt.
  [[nodiscard]] std::optional<std::string> on_message(Timestamp now, std::string_view text, double unix_ms);
  /// An answer could not be sent, as earlier ones still wait.
  void on_not_sent() { ++refused_; }

  [[nodiscard]] const std::optional<SeenByViewer>& seen() const { return seen_; }
  [[nodiscard]] std::int64_t refused() const { return refused_; }

 private:
  std::optional<SeenByViewer> seen_;
  std::int64_t refused_ = 0;
  TokenBucket allowance_{{.per_second = kPerSecond, .burst = kBurst}};
};

}  // namespace rtcbot::engine
