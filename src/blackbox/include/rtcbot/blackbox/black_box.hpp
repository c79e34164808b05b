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

/// A recording on disk of what happened: a ring of files, bounded in size; the oldest are deleted first. It is read
/// after something went wrong, so it survives a killed program and a power failure: records older than about a second
/// can be read, and truncated ones are skipped.
///
/// Callers never wait for the disk, even if it is full, slow or gone. Records that cannot be written are dropped and
/// counted, and the failure is logged once. Thread-safe.
class BlackBox {
 public:
  static constexpr std::uint64_t kMinBytes = 1'000'000;
  static constexpr std::size_t kMaxWaiting = 8 * 1024 * 1024;       ///< Bytes waiting for the disk,
  static constexpr std::size_t kMaxVideoWaiting = 6 * 1024 * 1024;  ///< of which video takes at most this.
  static constexpr std::chrono::milliseconds kSyncEvery{1'000};
  static constexpr std::chrono::milliseconds kFarewell{2'000};

  struct Options {
    std::filesystem::path folder{};  ///< Created if it does not exist. For one box at a time.
    std::uint64_t max_bytes = 100'000'000;
    LogSink log{};
  };

  struct Stats {
    std::int64_t records = 0;  ///< Written.
    std::int64_t dropped = 0;  ///< Records and frames: the disk was too slow, or failed.
    std::int64_t frames = 0;   ///< Video frames written.
    std::int64_t write_errors = 0;
    std::uint64_t bytes_on_disk = 0;  ///< Of the ring, including earlier runs.
    friend bool operator==(const Stats&, const Stats&) = default;
  };

  /// Opens the box. A folder that cannot be written is not an error: the box retries.  Errors: bad_config.
  [[nodiscard]] static Result<std::unique_ptr<BlackBox>> open(Options options);

  /// Writes the waiting records, for at most `kFarewell`.
  ~BlackBox();
  BlackBox(const BlackBox&) = delete;
  BlackBox& operator=(const BlackBox&) = delete;

  /// Records {"unix_ms": …, "ms": …, "type": `type`, "data": `data`}, with the present calendar time and monotonic
  /// time.
  void record(std::string_view type, nlohmann::json data);

  /// Adds a frame to the video, which begins with a key frame. A record "video" names each video file.
  void put_frame(const EncodedFrame& frame);

  /// True if the video needs a key frame to continue, or could begin a new file with one.
  [[nodiscard]] bool wants_key_frame() const;

  [[nodiscard]] Stats stats() const;

 private:
  struct Shared;
  explicit BlackBox(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  const std::shared_ptr<Shared> shared_;  ///< Shared with the thread, which may remain in a write that never ends.
};

}  // namespace rtcbot::blackbox
