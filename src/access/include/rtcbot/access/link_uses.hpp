#pragma once

#include <map>
#include <string>
#include <string_view>

#include "rtcbot/access/token.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::access {

/// Counts how often the codes of links were exchanged, until each link expires.
///
/// As text: one line "ID COUNT UNTIL" per link. UNTIL is in seconds of Unix time; after it the line may be removed.
class LinkUses {
 public:
  static constexpr std::size_t kMax = 100'000;

  /// Errors: bad_config, with the number of the line.
  [[nodiscard]] static Result<LinkUses> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  /// Counts one exchange. Returns false if the code has reached its limit, or if `kMax` links are stored.
  [[nodiscard]] bool take(const LinkCode& code);
  /// Drops expired links.
  void prune(UnixTime now);
  [[nodiscard]] std::size_t size() const { return links_.size(); }

 private:
  struct Count {
    int uses = 0;
    UnixTime until{};
  };
  std::map<std::string, Count> links_;  ///< By the id of the code's grant.
};

/// `LinkUses` in a file that several servers may share, so that limits apply across servers and restarts.
/// Without a file the counts are in memory only. Not thread-safe.
class LinkLedger {
 public:
  explicit LinkLedger(std::string path = {}) : path_(std::move(path)) {}

  /// Counts one exchange, and stores it before it returns. Returns false as `LinkUses::take`.
  /// Errors: bad_config if the file cannot be read or written, or if another server has locked it.
  [[nodiscard]] Result<bool> take(const LinkCode& code, UnixTime now);

 private:
  std::string path_;
  LinkUses in_memory_;
};

}  // namespace rtcbot::access
