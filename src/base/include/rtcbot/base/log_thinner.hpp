#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace rtcbot {

/// Which of many alike events are worth a line: the first five, then one in a thousand, so that whoever can cause them
/// can fill no disk. A value; not thread-safe.
class LogThinner {
 public:
  /// To be added to this event's line; nothing if it is to have none.
  [[nodiscard]] std::optional<std::string> next() {
    const std::int64_t before = seen_++;
    if (before < kAll) return before == kAll - 1 ? " (from now on one in a thousand is told)" : "";
    if (before % kOneIn != 0) return std::nullopt;
    return " (" + std::to_string(seen_) + " so far)";
  }

 private:
  static constexpr std::int64_t kAll = 5;
  static constexpr std::int64_t kOneIn = 1'000;
  std::int64_t seen_ = 0;
};

}  // namespace rtcbot
