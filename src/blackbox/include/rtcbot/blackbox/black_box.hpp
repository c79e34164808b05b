#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/flow/encoded_video.hpp"

namespace rtcbot::blackbox {

/// What happened, on disk: a ring of files, bounded in size, whose oldest are deleted first. It is there to be read
/// after something went wrong, so it is safe against a program that is killed and a power that fails: what was recorded
/// more than about a second before can be read, and what was cut is passed over.
///
/// Whatever the disk does (full, slow, gone), callers are never held up: what cannot be written is dropped and counted,
/// and that is said once. Thread-safe.
class BlackBox {
 public:
  static constexpr std::uint64_t kLeastBytes = 1'000'000;
  static constexpr std::size_t kMostWaiting = 8 * 1024 * 1024;       ///< Bytes between the callers and the disk ...
  static constexpr std::size_t kMostVideoWaiting = 6 * 1024 * 1024;  ///< ... of which frames leave the rest to records.
  static constexpr std::chrono::milliseconds kSyncEvery{1'000};
  static constexpr std::chrono::milliseconds kFarewell{2'000};

  struct Options {
    std::filesystem::path folder{};  ///< Made where it is missing. Of one box at a time.
    std::uint64_t most_bytes = 100'000'000;
    LogSink log{};
  };

  struct Stats {
    std::int64_t records = 0;  ///< Written.
    std::int64_t dropped = 0;  ///< Records and video frames: the disk was too slow, or refused.
    std::int64_t frames = 0;   ///< Of video, written.
    std::int64_t write_errors = 0;
    std::uint64_t bytes_on_disk = 0;  ///< Of the ring, earlier runs included.
    friend bool operator==(const Stats&, const Stats&) = default;
  };

  /// A folder that cannot be written is no error: it is tried again and again.  Errors: bad_config.
  [[nodiscard]] static Result<std::unique_ptr<BlackBox>> open(Options options);

  /// Writes what waits, for as long as `kFarewell` at most.
  ~BlackBox();
  BlackBox(const BlackBox&) = delete;
  BlackBox& operator=(const BlackBox&) = delete;

  /// Records {"unix_ms": …, "ms": …, "type": `type`, "data": `data`}: now by the calendar, and by the monotonic clock.
  void record(std::string_view type, nlohmann::json data);

  /// Adds a frame to the video, which begins with a key frame. A record "video" names each file of it.
  void put_frame(const EncodedFrame& frame);

  /// Whether the video goes on only with a key frame, or could begin another file with one.
  [[nodiscard]] bool wants_key_frame() const;

  [[nodiscard]] Stats stats() const;

 private:
  struct Shared;
  explicit BlackBox(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  const std::shared_ptr<Shared> shared_;  ///< With the thread, which may be left behind in a write that never ends.
};

}  // namespace rtcbot::blackbox
