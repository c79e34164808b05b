#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rtcbot::media {

/// Which reasons of one camera's failing have been logged: another reason is news (refused at first, later a wrong
/// password), the same one at each attempt is not. Numbers are left out of account, as they count attempts, lines and
/// ports. Bounded. Pure; not thread-safe.
class ToldReasons {
 public:
  static constexpr std::size_t kMost = 8;

  /// Whether this is news; it is none from now on.
  [[nodiscard]] bool is_news(std::string_view reason);
  /// The camera works: what comes later is news.
  void clear() { told_.clear(); }

 private:
  std::vector<std::string> told_;
};

}  // namespace rtcbot::media
