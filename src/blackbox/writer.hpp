#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ring_folder.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/blackbox/black_box.hpp"

namespace rtcbot::blackbox {

/// One item on its way from a caller to the writer.
struct Piece {
  std::string bytes{};  ///< A record as text, or a frame.
  bool is_video = false;
  bool key_frame = false;
  VideoCodec codec = VideoCodec::h264;
  int width = 0, height = 0;
  std::int64_t sequence = 0;
};

/// Writes pieces to the ring: chooses the file, begins new ones, and retries after a failure. For one thread.
class Writer {
 public:
  Writer(BlackBox::Options options) : options_(std::move(options)) {}

  void write(const std::vector<Piece>& pieces);
  void sync_if_due();
  void sync();
  /// Ends the recording and unlocks the folder.
  void end();

  /// True if the video needs a key frame to continue, or to begin a new file.
  [[nodiscard]] bool wants_key_frame() const { return wants_key_frame_; }

  /// The counts since the last call; `bytes_on_disk` is the present value.
  [[nodiscard]] BlackBox::Stats take_counts();

 private:
  [[nodiscard]] Result<void> open_ring();
  [[nodiscard]] Result<void> write_record(const std::string& text);
  [[nodiscard]] Result<void> write_frame(const Piece& frame);
  [[nodiscard]] Result<void> begin_video(const Piece& frame);
  [[nodiscard]] std::uint64_t segment_bytes() const;
  void refused(const Error& error);
  void on_success();

  using Clock = std::chrono::steady_clock;
  const BlackBox::Options options_;
  std::unique_ptr<RingFolder> ring_;
  std::optional<std::int64_t> next_frame_;  ///< Sequence number of the frame that can be decoded next.
  std::int64_t file_frames_ = 0;
  bool wants_key_frame_ = true;
  Clock::time_point retry_at_{};
  Clock::time_point synced_at_{};
  bool is_refused_ = false;  ///< The disk failed, and that was logged.
  BlackBox::Stats counts_;
};

/// The header of an IVF file, and the header of each frame. Source: the IVF format as libvpx writes it.
[[nodiscard]] std::string ivf_head(int width, int height);
[[nodiscard]] std::string ivf_frame_head(std::size_t bytes, std::int64_t number);

}  // namespace rtcbot::blackbox
