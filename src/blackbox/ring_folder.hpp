#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/result.hpp"

namespace rtcbot::blackbox {

/// A file of the ring: "0000000012.log". Numbers increase over all runs and kinds, in the order of creation.
struct RingFile {
  std::uint64_t number = 0;
  std::string extension{};
  std::uint64_t bytes = 0;
  std::filesystem::file_time_type written_at{};  ///< The file's time when the folder was opened.
  std::uint64_t last_append = 0;                 ///< Number of the folder's append that last wrote this file.
  [[nodiscard]] std::string name() const;
};

/// The files of the ring in a folder, oldest first. Ignores other files.
[[nodiscard]] std::vector<RingFile> ring_files(const std::filesystem::path& folder, std::error_code& error);

/// A folder of append-only files with a limit on its size: deletes the file whose last write is the oldest. (A file of
/// records is created before many video files and still receives records during the last of them, so its age alone does
/// not count.) Not thread-safe.
class RingFolder {
 public:
  static constexpr std::size_t kMaxFiles = 4'000;

  /// Creates and locks the folder, and finds the files of earlier runs.  Errors: bad_config, with a reason.
  [[nodiscard]] static Result<std::unique_ptr<RingFolder>> open(const std::filesystem::path& folder,
                                                                std::uint64_t max_bytes);
  ~RingFolder();
  RingFolder(const RingFolder&) = delete;
  RingFolder& operator=(const RingFolder&) = delete;

  /// Appends to the open file of this kind, immediately.
  /// Errors: closed, without such a file, or with the system's reason; then the file is closed and may hold a part of
  /// `bytes`.
  [[nodiscard]] Result<void> append(std::string_view extension, std::string_view bytes);

  /// Begins another file of this kind.  @return its name.  Errors: as for `append`.
  [[nodiscard]] Result<std::string> begin(std::string_view extension);

  /// Closes the file of this kind.
  void end(std::string_view extension);

  /// Bytes in the open file of this kind; nothing if none is open.
  [[nodiscard]] std::optional<std::uint64_t> length(std::string_view extension) const;

  /// Flushes appended bytes to the disk. May take long.
  void sync();

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  struct Open {
    std::uint64_t number = 0;
    int descriptor = -1;
    std::uint64_t bytes = 0;
    bool is_dirty = false;
  };
  RingFolder(std::filesystem::path folder, std::uint64_t most, int lock);
  [[nodiscard]] bool make_room(std::uint64_t bytes);
  [[nodiscard]] bool delete_oldest();

  const std::filesystem::path folder_;
  const std::uint64_t max_bytes_;
  const int lock_;
  std::map<std::uint64_t, RingFile> files_;
  std::uint64_t appends_ = 0;
  std::map<std::string, Open, std::less<>> open_;
  std::uint64_t bytes_ = 0;
};

}  // namespace rtcbot::blackbox
