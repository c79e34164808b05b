#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rtcbot::media {

/// Remembers which reasons for a camera's failures were logged. A different reason is news (connection refused, later a
/// wrong password); the same reason at each attempt is not. Ignores digits, because they count attempts, lines and
/// ports. Bounded. Pure; not thread-safe.
class ToldReasons {
 public:
  static constexpr std::size_t kMax = 8;

  /// True if the reason was not logged yet; remembers it.
  [[nodiscard]] bool is_news(std::string_view reason);
  /// The camera works: forgets all reasons.
  void clear() { told_.clear(); }

 private:
  std::vector<std::string> told_;
};

}  // namespace rtcbot::media
