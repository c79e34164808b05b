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

/// What stands in a file that holds a secret.  Errors: bad_config where it cannot be read, is larger than 8 MiB, or may
/// be read by everybody or written by others than its owner.
[[nodiscard]] Result<std::string> read_private_file(const std::string& path);

/// Puts `text` in place of the file as a whole, readable by its owner alone; a reader sees the old or the new one.
/// Errors: bad_config.
[[nodiscard]] Result<void> write_private_file(const std::string& path, std::string_view text);

/// The secrets of that file.  Errors: bad_config, also where there is none.
[[nodiscard]] Result<Secrets> load_secrets(const std::string& path);
/// The secrets of that file. If there is none, one is made and written, once, whoever else does the same.
[[nodiscard]] Result<Secrets> load_or_make_secrets(const std::string& path);
/// The revocations of that file; none where it does not exist.
[[nodiscard]] Result<Revocations> load_revocations(const std::string& path);

/// Notices that a file is another one than before. Not thread-safe.
class FileWatch {
 public:
  /// `changed`: what is there now counts as a change.
  enum class Begin { unchanged, changed };
  explicit FileWatch(std::string path, Begin begin = Begin::unchanged);
  /// Once for each change.
  [[nodiscard]] bool has_changed();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  /// Device, inode, size, time of change in seconds and nanoseconds; zeros where there is no file.
  using Look = std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::int64_t, std::int64_t>;
  [[nodiscard]] Look look() const;

  std::string path_;
  Look seen_{};
};

/// What tokens are checked against, kept up to date with its files. Not thread-safe.
class Keyring {
 public:
  /// `secrets_file` is made if it is not there.  Errors: bad_config.
  [[nodiscard]] static Result<Keyring> open(const std::string& secrets_file, const std::string& revocations_file);
  /// Of a text, as a container passes it in; there is nothing to reread then.  Errors: bad_config.
  [[nodiscard]] static Result<Keyring> of_text(std::string_view secrets);

  [[nodiscard]] const Secrets& secrets() const { return secrets_; }
  [[nodiscard]] const Revocations& revocations() const { return revocations_; }

  /// Rereads what has changed; costs two `stat`. A file that is no good is reported and changes nothing.
  /// @return whether there is something new
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
