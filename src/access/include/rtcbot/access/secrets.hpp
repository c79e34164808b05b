#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/access/grant.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::access {

/// One secret that signs tokens. Its name stands in them (`kid`); the key stands nowhere but in its file.
struct Secret {
  std::string name{};
  std::string key{};  ///< 43 to 128 characters of base64url. As text it is the HMAC's key.
  friend bool operator==(const Secret&, const Secret&) = default;
};

/// `bytes` random bytes of OpenSSL's in base64url, without padding.
[[nodiscard]] std::string random_text(std::size_t bytes);
/// The same for what is typed at a command line, where a dash at the begin makes a flag of it: there is none.
[[nodiscard]] std::string random_name(std::size_t bytes);

/// A new secret of 256 random bits.
[[nodiscard]] Secret make_secret();

/// The secrets of a server: all of them are accepted, the first one signs. A value that is never empty.
///
/// As text: a line "NAME KEY" each, the one that signs first; empty lines and those that begin with '#' mean nothing.
class Secrets {
 public:
  static constexpr std::size_t kMax = 16;

  explicit Secrets(Secret only) : list_{std::move(only)} {}
  /// Errors: bad_config, with the number of the line, and never with what stands in it.
  [[nodiscard]] static Result<Secrets> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  [[nodiscard]] const Secret& signing() const { return list_.front(); }
  /// Null if none has that name.
  [[nodiscard]] const Secret* find(std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return list_.size(); }

  /// With `fresh` in front, and the `keep` newest of the others behind it.
  [[nodiscard]] Secrets rotated(Secret fresh, std::size_t keep) const;

  friend bool operator==(const Secrets&, const Secrets&) = default;

 private:
  Secrets() = default;
  std::vector<Secret> list_;
};

/// The ids of tokens that are valid no more, although they have not expired.
///
/// As text: a line "ID EXPIRES" each, the latter in seconds of Unix time, after which the line may go.
class Revocations {
 public:
  static constexpr std::size_t kMax = 100'000;

  /// Errors: bad_config, with the number of the line.
  [[nodiscard]] static Result<Revocations> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  void add(const std::string& id, UnixTime expires) { ids_[id] = expires; }
  [[nodiscard]] bool contains(const std::string& id) const { return ids_.contains(id); }
  /// Forgets what has expired by itself.
  void prune(UnixTime now);
  [[nodiscard]] std::size_t size() const { return ids_.size(); }

 private:
  std::map<std::string, UnixTime> ids_;
};

}  // namespace rtcbot::access
