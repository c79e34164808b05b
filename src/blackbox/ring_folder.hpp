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

/// A file of the ring: "0000000012.log". Numbers grow over all runs and kinds, in the order in which files were begun.
struct RingFile {
  std::uint64_t number = 0;
  std::string extension{};
  std::uint64_t bytes = 0;
  std::filesystem::file_time_type written_at{};  ///< As it was found.
  std::uint64_t last_append = 0;                 ///< Which append of the folder's its last one was.
  [[nodiscard]] std::string name() const;
};

/// The files of the ring in a folder, oldest first. Others are left alone.
[[nodiscard]] std::vector<RingFile> ring_files(const std::filesystem::path& folder, std::error_code& error);

/// Files in a folder that are only ever appended to, and of which the oldest are deleted before there is too much:
/// those that were last written to the longest ago. (A file of records is begun before many files of video, and still
/// holds what happened during the last of them.) Not thread-safe.
class RingFolder {
 public:
  static constexpr std::size_t kMostFiles = 4'000;

  /// Makes the folder, locks it, and finds what earlier runs have left.  Errors: bad_config, with a reason.
  [[nodiscard]] static Result<std::unique_ptr<RingFolder>> open(const std::filesystem::path& folder,
                                                                std::uint64_t most_bytes);
  ~RingFolder();
  RingFolder(const RingFolder&) = delete;
  RingFolder& operator=(const RingFolder&) = delete;

  /// Appends to the newest file of this kind, if there is one, at once and as a whole.
  /// Errors: closed, with the system's reason; then that file is not written any more.
  [[nodiscard]] Result<void> append(std::string_view extension, std::string_view bytes);

  /// Begins another file of this kind.  @return its name.  Errors: as of `append`.
  [[nodiscard]] Result<std::string> begin(std::string_view extension);

  /// No more of this kind for now.
  void end(std::string_view extension);

  /// Bytes in the newest file of this kind; nothing if there is none of this run.
  [[nodiscard]] std::optional<std::uint64_t> length(std::string_view extension) const;

  /// Brings what was appended to the disk. May take long.
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
  const std::uint64_t most_bytes_;
  const int lock_;
  std::map<std::uint64_t, RingFile> files_;
  std::uint64_t appends_ = 0;
  std::map<std::string, Open, std::less<>> open_;
  std::uint64_t bytes_ = 0;
};

}  // namespace rtcbot::blackbox
