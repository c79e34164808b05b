#include "ring_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <system_error>
#include <utility>

namespace rtcbot::blackbox {
namespace {

constexpr std::size_t kDigits = 10;
constexpr std::array<std::string_view, 3> kKinds = {"log", "h264", "ivf"};

std::optional<RingFile> file_of(const std::string& name) {
  if (name.size() < kDigits + 2 || name[kDigits] != '.') return std::nullopt;
  RingFile file{.extension = name.substr(kDigits + 1)};
  const auto read = std::from_chars(name.data(), name.data() + kDigits, file.number);
  if (read.ec != std::errc() || read.ptr != name.data() + kDigits) return std::nullopt;
  if (std::find(kKinds.begin(), kKinds.end(), file.extension) == kKinds.end()) return std::nullopt;
  return file;
}

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

std::string RingFile::name() const {
  std::array<char, 24> digits{};
  std::snprintf(digits.data(), digits.size(), "%010llu.", static_cast<unsigned long long>(number));
  return std::string(digits.data()).append(extension);
}

std::vector<RingFile> ring_files(const std::filesystem::path& folder, std::error_code& error) {
  std::vector<RingFile> files;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    auto file = at->is_regular_file(ignored) ? file_of(at->path().filename()) : std::nullopt;
    if (!file) continue;
    file->bytes = at->file_size(ignored);
    if (!ignored) file->written_at = at->last_write_time(ignored);
    if (!ignored) files.push_back(std::move(*file));
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return files;
}

Result<std::unique_ptr<RingFolder>> RingFolder::open(const std::filesystem::path& folder, std::uint64_t max_bytes) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const int lock = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (lock < 0) return fail(Errc::bad_config, reason(errno));
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    close(lock);
    return fail(Errc::bad_config, "another program writes there");
  }
  std::unique_ptr<RingFolder> made(new RingFolder(folder, max_bytes, lock));
  const auto files = ring_files(folder, error);
  if (error) return fail(Errc::bad_config, error.message());
  for (const auto& file : files) {
    made->files_.emplace(file.number, file);
    made->bytes_ += file.bytes;
  }
  auto by_time = files;
  std::stable_sort(by_time.begin(), by_time.end(),
                   [](const auto& a, const auto& b) { return a.written_at < b.written_at; });
  for (const auto& file : by_time) made->files_[file.number].last_append = ++made->appends_;
  // An earlier run may have had a larger limit.
  if (!made->make_room(0)) return fail(Errc::bad_config, "the existing files cannot be deleted");
  return made;
}

RingFolder::RingFolder(std::filesystem::path folder, std::uint64_t most, int lock)
    : folder_(std::move(folder)), max_bytes_(most), lock_(lock) {}

RingFolder::~RingFolder() {
  for (const auto& [extension, open] : open_) close(open.descriptor);
  close(lock_);
}

bool RingFolder::delete_oldest() {
  auto oldest = files_.end();
  for (auto at = files_.begin(); at != files_.end(); ++at) {
    const auto is_it = [&](const auto& open) { return open.second.number == at->first; };
    if (std::any_of(open_.begin(), open_.end(), is_it)) continue;
    if (oldest == files_.end() || at->second.last_append < oldest->second.last_append) oldest = at;
  }
  if (oldest == files_.end()) return false;
  std::error_code error;
  std::filesystem::remove(folder_ / oldest->second.name(), error);
  if (error) return false;
  bytes_ -= oldest->second.bytes;
  files_.erase(oldest);
  return true;
}

bool RingFolder::make_room(std::uint64_t bytes) {
  while (bytes_ + bytes > max_bytes_ || files_.size() >= kMaxFiles) {
    if (!delete_oldest()) return false;
  }
  return true;
}

Result<std::string> RingFolder::begin(std::string_view extension) {
  end(extension);
  if (!make_room(0)) return fail(Errc::closed, "old files cannot be deleted");
  RingFile file{.number = files_.empty() ? 1 : files_.rbegin()->first + 1, .extension = std::string(extension)};
  const auto path = folder_ / file.name();
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
  int descriptor = ::open(path.c_str(), flags, 0640);
  // A full disk may have no room for a directory entry; deleting an old file makes room.
  if (descriptor < 0 && errno == ENOSPC && delete_oldest()) descriptor = ::open(path.c_str(), flags, 0640);
  if (descriptor < 0) return fail(Errc::closed, reason(errno));
  open_[file.extension] = {.number = file.number, .descriptor = descriptor};
  auto name = file.name();
  file.last_append = ++appends_;
  files_.emplace(file.number, std::move(file));
  // Flushes the directory, so that the name survives a power failure.
  if (const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); folder >= 0) {
    fsync(folder);
    close(folder);
  }
  return name;
}

void RingFolder::end(std::string_view extension) {
  const auto found = open_.find(extension);
  if (found == open_.end()) return;
  if (found->second.is_dirty) fdatasync(found->second.descriptor);
  close(found->second.descriptor);
  open_.erase(found);
}

std::optional<std::uint64_t> RingFolder::length(std::string_view extension) const {
  const auto found = open_.find(extension);
  return found == open_.end() ? std::nullopt : std::optional(found->second.bytes);
}

Result<void> RingFolder::append(std::string_view extension, std::string_view bytes) {
  const auto found = open_.find(extension);
  if (found == open_.end()) return fail(Errc::closed, "no file is open");
  if (!make_room(bytes.size())) return fail(Errc::closed, "old files cannot be deleted");
  Open& open = found->second;
  while (!bytes.empty()) {
    const auto count = ::write(open.descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == ENOSPC && delete_oldest()) continue;
    if (count <= 0) {
      const int error = errno;
      end(extension);
      return fail(Errc::closed, reason(error));
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
    open.bytes += static_cast<std::uint64_t>(count);
    open.is_dirty = true;
    RingFile& file = files_[open.number];
    file.bytes = open.bytes;
    file.last_append = ++appends_;
    bytes_ += static_cast<std::uint64_t>(count);
  }
  return {};
}

void RingFolder::sync() {
  for (auto& [extension, open] : open_) {
    if (std::exchange(open.is_dirty, false)) fdatasync(open.descriptor);
  }
}

}  // namespace rtcbot::blackbox
