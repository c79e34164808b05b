#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace rtcbot {

/// Selects which of many similar events are logged: the first five, then one in a thousand. A peer that causes many
/// events therefore cannot fill the disk. A value; not thread-safe.
class LogSampler {
 public:
  /// Returns the text to append to this event's line, or nothing if the event is not logged.
  [[nodiscard]] std::optional<std::string> next() {
    const std::int64_t before = seen_++;
    if (before < kAll) return before == kAll - 1 ? " (from now on one in a thousand is logged)" : "";
    if (before % kOneIn != 0) return std::nullopt;
    return " (" + std::to_string(seen_) + " so far)";
  }

 private:
  static constexpr std::int64_t kAll = 5;
  static constexpr std::int64_t kOneIn = 1'000;
  std::int64_t seen_ = 0;
};

}  // namespace rtcbot
