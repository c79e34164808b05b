#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/access/credential.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::access {

/// A secret for signing tokens. Tokens contain its name (`kid`); the key is only in its file.
struct Secret {
  std::string name{};
  std::string key{};  ///< 43 to 128 characters of base64url. This text itself is the HMAC's key.
  friend bool operator==(const Secret&, const Secret&) = default;
};

/// Returns `bytes` random bytes from OpenSSL in base64url, without padding.
[[nodiscard]] std::string random_text(std::size_t bytes);
/// As above, for command lines: never starts with a dash, which would look like a flag.
[[nodiscard]] std::string random_name(std::size_t bytes);

/// Creates a secret of 256 random bits.
[[nodiscard]] Secret make_secret();

/// The secrets of a server: tokens of all of them are accepted, the first one signs. A value that is never empty.
///
/// As text: one line "NAME KEY" each, the signing one first; empty lines and lines that start with '#' are ignored.
class Secrets {
 public:
  static constexpr std::size_t kMax = 16;

  explicit Secrets(Secret only) : list_{std::move(only)} {}
  /// Errors: bad_config, with the number of the line, and never with its content.
  [[nodiscard]] static Result<Secrets> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  [[nodiscard]] const Secret& signing() const { return list_.front(); }
  /// Null if there is none with that name.
  [[nodiscard]] const Secret* find(std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return list_.size(); }

  /// Returns the secrets with `fresh` first, followed by the `keep` newest of the others.
  [[nodiscard]] Secrets rotated(Secret fresh, std::size_t keep) const;

  friend bool operator==(const Secrets&, const Secrets&) = default;

 private:
  Secrets() = default;
  std::vector<Secret> list_;
};

/// The ids of revoked tokens that have not expired.
///
/// As text: one line "ID EXPIRES" each. EXPIRES is in seconds of Unix time; after it the line may be removed.
class Revocations {
 public:
  static constexpr std::size_t kMax = 100'000;

  /// Errors: bad_config, with the number of the line.
  [[nodiscard]] static Result<Revocations> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  void add(const std::string& id, UnixTime expires) { ids_[id] = expires; }
  [[nodiscard]] bool contains(const std::string& id) const { return ids_.contains(id); }
  /// Drops expired tokens.
  void prune(UnixTime now);
  [[nodiscard]] std::size_t size() const { return ids_.size(); }

 private:
  std::map<std::string, UnixTime> ids_;
};

}  // namespace rtcbot::access
