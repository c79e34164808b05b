#include "rtcbot/access/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "rtcbot/base/counted.hpp"
#include "rtcbot/runtime/private_file.hpp"

namespace rtcbot::access {
namespace {

constexpr std::size_t kMaxFile = std::size_t{8} * 1024 * 1024;

std::string reason() { return std::generic_category().message(errno); }

/// Owns a descriptor and closes it.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

Result<std::string> read_all(const File& file, const std::string& path) {
  std::string text;
  std::array<char, 4096> chunk{};
  for (;;) {
    const auto size = ::read(file.get(), chunk.data(), chunk.size());
    if (size < 0) return fail(Errc::bad_config, path + " cannot be read: " + reason());
    if (size == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(size));
    if (text.size() > kMaxFile) return fail(Errc::bad_config, path + " is larger than 8 MiB");
  }
}

bool write_all(const File& file, std::string_view text) {
  while (!text.empty()) {
    const auto size = ::write(file.get(), text.data(), text.size());
    if (size <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return ::fsync(file.get()) == 0;
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

/// Writes `text` to a temporary file beside `path`; returns that file's name.
Result<std::string> write_beside(const std::string& path, std::string_view text) {
  std::string name = path + ".XXXXXX";
  const File file(::mkostemp(name.data(), O_CLOEXEC));  // mode 0600
  if (!file.is_open()) return fail(Errc::bad_config, path + " cannot be written: " + reason());
  if (write_all(file, text)) return name;
  const auto why = reason();
  ::unlink(name.c_str());
  return fail(Errc::bad_config, path + " cannot be written: " + why);
}

void say(const LogSink& log, LogLevel level, const std::string& message) {
  if (log) log({level, "access", message});
}

template <class T>
Result<T> parsed(const std::string& path, const Result<T>& value) {
  if (value) return value;
  return fail(value.error().code(), path + ": " + value.error().what());
}

}  // namespace

Result<std::string> read_private_file(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return fail(Errc::bad_config, path + " cannot be read: " + reason());
  if (auto checked = runtime::check_private_file(file.get(), path); !checked) return fail(checked.error());
  return read_all(file, path);
}

Result<void> write_private_file(const std::string& path, std::string_view text) {
  const auto written = write_beside(path, text);
  if (!written) return fail(written.error());
  if (::rename(written->c_str(), path.c_str()) == 0) return {};
  const auto why = reason();
  ::unlink(written->c_str());
  return fail(Errc::bad_config, path + " cannot be written: " + why);
}

Result<Secrets> load_or_make_secrets(const std::string& path) {
  if (!exists(path)) {
    const auto written = write_beside(path, Secrets(make_secret()).text());
    if (!written) return fail(written.error());
    // link(2) fails if the file exists, so two programs that start together use the same secret.
    const bool is_made = ::link(written->c_str(), path.c_str()) == 0 || errno == EEXIST;
    const auto why = reason();
    ::unlink(written->c_str());
    if (!is_made) return fail(Errc::bad_config, path + " cannot be written: " + why);
  }
  return load_secrets(path);
}

Result<Secrets> load_secrets(const std::string& path) {
  const auto text = read_private_file(path);
  if (!text) return fail(text.error());
  return parsed(path, Secrets::parse(*text));
}

Result<Revocations> load_revocations(const std::string& path) {
  if (!exists(path)) return Revocations();
  const auto text = read_private_file(path);
  if (!text) return fail(text.error());
  return parsed(path, Revocations::parse(*text));
}

FileWatch::FileWatch(std::string path, Begin begin) : path_(std::move(path)) {
  if (begin == Begin::unchanged) seen_ = look();
}

FileWatch::Look FileWatch::look() const {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino, status.st_size, status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
}

bool FileWatch::has_changed() {
  const auto now = look();
  return std::exchange(seen_, now) != now;
}

Result<Keyring> Keyring::open(const std::string& secrets_file, const std::string& revocations_file) {
  // Created before the files are read, so that changes during the read are detected.
  FileWatch revocations_watch(revocations_file);
  auto secrets = load_or_make_secrets(secrets_file);
  if (!secrets) return fail(secrets.error());
  auto revocations = load_revocations(revocations_file);
  if (!revocations) return fail(revocations.error());
  Keyring ring(std::move(*secrets));
  ring.revocations_ = std::move(*revocations);
  ring.secrets_watch_.emplace(secrets_file, FileWatch::Begin::changed);
  ring.revocations_watch_ = std::move(revocations_watch);
  return ring;
}

Result<Keyring> Keyring::of_text(std::string_view secrets) {
  auto parsed_secrets = Secrets::parse(secrets);
  if (!parsed_secrets) return fail(parsed_secrets.error());
  return Keyring(std::move(*parsed_secrets));
}

bool Keyring::refresh(const LogSink& log) {
  const bool has_secrets = refresh_secrets(log);
  const bool has_revocations = refresh_revocations(log);
  return has_secrets || has_revocations;
}

bool Keyring::refresh_secrets(const LogSink& log) {
  if (!secrets_watch_ || !secrets_watch_->has_changed()) return false;
  const auto text = read_private_file(secrets_watch_->path());
  auto fresh = text ? parsed(secrets_watch_->path(), Secrets::parse(*text)) : Result<Secrets>(fail(text.error()));
  if (!fresh) {
    say(log, LogLevel::error, std::string(fresh.error().what()).append("; the previous secrets stay in use"));
    return false;
  }
  if (secrets_ == *fresh) return false;
  secrets_ = std::move(*fresh);
  say(log, LogLevel::info,
      "the secrets have changed; '" + secrets_.signing().name + "' signs, " +
          counted(secrets_.size(), "secret is", "secrets are") + " accepted");
  return true;
}

bool Keyring::refresh_revocations(const LogSink& log) {
  if (!revocations_watch_ || !revocations_watch_->has_changed()) return false;
  const auto& path = revocations_watch_->path();
  // A missing file must not undo revocations.
  auto fresh = exists(path) ? load_revocations(path) : fail(Errc::bad_config, path + " no longer exists");
  if (!fresh) {
    say(log, LogLevel::error, std::string(fresh.error().what()).append("; the previous revocations stay in force"));
    return false;
  }
  revocations_ = std::move(*fresh);
  say(log, LogLevel::info, counted(revocations_.size(), "token is", "tokens are") + " revoked");
  return true;
}

}  // namespace rtcbot::access
