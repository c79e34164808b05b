#pragma once

#include <map>
#include <string>
#include <string_view>

#include "rtcbot/access/token.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::access {

/// How often the codes of links have been exchanged, until each ends by itself.
///
/// As text: a line "ID COUNT UNTIL" each, the last in seconds of Unix time, after which the line may go.
class LinkUses {
 public:
  static constexpr std::size_t kMax = 100'000;

  /// Errors: bad_config, with the number of the line.
  [[nodiscard]] static Result<LinkUses> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  /// Counts one exchange. False: it has been exchanged as often as it may.
  [[nodiscard]] bool take(const LinkCode& code);
  /// Forgets the links that have ended.
  void prune(UnixTime now);
  [[nodiscard]] std::size_t size() const { return links_.size(); }

 private:
  struct Count {
    int uses = 0;
    UnixTime until{};
  };
  std::map<std::string, Count> links_;  ///< By the id of the code's grant.
};

/// `LinkUses` in a file that several servers may share, so that a link is used up for all of them and after a restart.
/// Without a file they are kept in memory alone. Not thread-safe.
class LinkLedger {
 public:
  explicit LinkLedger(std::string path = {}) : path_(std::move(path)) {}

  /// Counts one exchange and writes that down first. False: it has been exchanged as often as it may.
  /// Errors: bad_config where the file cannot be read or written, or another server holds it at this moment.
  [[nodiscard]] Result<bool> take(const LinkCode& code, UnixTime now);

 private:
  std::string path_;
  LinkUses in_memory_;
};

}  // namespace rtcbot::access
