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

/// Parses the messages of `kClockChannel` and makes the answers.
///
/// Two messages, words separated by a space:
///     clock T                      the page's time, any finite number; answered by "clock T R" with R, the robot's
///                                  Unix time in ms with a fraction. One R is enough: the answer is sent immediately.
///     seen FRAMES FREEZES P50 P95  frames decoded and freezes so far; frame delay, glass to glass, in whole or broken
///                                  ms, or "-" if the page does not know it. Not answered.
/// Other messages, and those that are too long or too frequent, are counted and ignored. The channel does not
/// retransmit, so the other side tolerates losses.
///
/// Pure: gets the time.  Not thread-safe.
class ClockAnswers {
 public:
  static constexpr std::size_t kMaxMessage = 128;
  static constexpr int kBurst = 40;     ///< Maximum burst of messages.
  static constexpr int kPerSecond = 5;  ///< Maximum sustained rate of messages.

  /// The answer to a message, if it has one. `unix_ms`: the robot's time of receipt.
  [[nodiscard]] std::optional<std::string> on_message(Timestamp now, std::string_view text, double unix_ms);
  /// An answer could not be sent, because earlier ones still wait.
  void on_not_sent() { ++refused_; }

  [[nodiscard]] const std::optional<SeenByViewer>& seen() const { return seen_; }
  [[nodiscard]] std::int64_t refused() const { return refused_; }

 private:
  std::optional<SeenByViewer> seen_;
  std::int64_t refused_ = 0;
  TokenBucket allowance_{{.per_second = kPerSecond, .burst = kBurst}};
};

}  // namespace rtcbot::engine
