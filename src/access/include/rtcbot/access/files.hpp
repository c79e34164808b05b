#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "rtcbot/access/secrets.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::access {

/// Reads a file with a secret.  Errors: bad_config if the file cannot be read, is larger than 8 MiB, gives others any
/// permission, or lets its group write.
[[nodiscard]] Result<std::string> read_private_file(const std::string& path);

/// Replaces the file by `text` atomically, readable by its owner only.
/// Errors: bad_config.
[[nodiscard]] Result<void> write_private_file(const std::string& path, std::string_view text);

/// Reads the secrets of a file.  Errors: bad_config, also if the file does not exist.
[[nodiscard]] Result<Secrets> load_secrets(const std::string& path);
/// Reads the secrets of a file. If the file does not exist, creates it with a new secret; concurrent calls use the same
/// one.
[[nodiscard]] Result<Secrets> load_or_make_secrets(const std::string& path);
/// Reads the revocations of a file; none if the file does not exist.
[[nodiscard]] Result<Revocations> load_revocations(const std::string& path);

/// Detects changes of a file. Not thread-safe.
class FileWatch {
 public:
  /// `changed`: the present state counts as a change.
  enum class Begin { unchanged, changed };
  explicit FileWatch(std::string path, Begin begin = Begin::unchanged);
  /// Returns true once for each change.
  [[nodiscard]] bool has_changed();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  /// Device, inode, size, change time in seconds and nanoseconds; zeros if there is no file.
  using Look = std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::int64_t, std::int64_t>;
  [[nodiscard]] Look look() const;

  std::string path_;
  Look seen_{};
};

/// The secrets and revocations for checking tokens, updated from their files. Not thread-safe.
class Keyring {
 public:
  /// Creates `secrets_file` if it does not exist.  Errors: bad_config.
  [[nodiscard]] static Result<Keyring> open(const std::string& secrets_file, const std::string& revocations_file);
  /// Uses a text, as containers pass secrets; `refresh` then does nothing.  Errors: bad_config.
  [[nodiscard]] static Result<Keyring> of_text(std::string_view secrets);

  [[nodiscard]] const Secrets& secrets() const { return secrets_; }
  [[nodiscard]] const Revocations& revocations() const { return revocations_; }

  /// Reads changed files again; costs two `stat` calls. Reports an invalid file and keeps the old values.
  /// @return true if a value has changed
  bool refresh(const LogSink& log);

 private:
  explicit Keyring(Secrets secrets) : secrets_(std::move(secrets)) {}
  bool refresh_secrets(const LogSink& log);
  bool refresh_revocations(const LogSink& log);

  Secrets secrets_;
  Revocations revocations_;
  std::optional<FileWatch> secrets_watch_;
  std::optional<FileWatch> revocations_watch_;
};

}  // namespace rtcbot::access
