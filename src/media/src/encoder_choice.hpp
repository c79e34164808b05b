#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "encoder_pipeline.hpp"
#include "encoder_table.hpp"
#include "rtcbot/base/log.hpp"

namespace rtcbot::media {

/// Finds the encoders of the table that work on this machine: encodes one grey picture with each, the best first, until
/// one succeeds. Tries once for each codec and keeps the result. Thread-safe; a second caller waits for the first.
class EncoderChoice {
 public:
  /// @param encoder "auto" or the name of a row.
  EncoderChoice(std::string encoder, EncoderSettings settings, LogSink log)
      : encoder_(std::move(encoder)), settings_(settings), log_(std::move(log)) {}

  /// With a known result: for tests, and for boards with a fixed encoder.
  EncoderChoice(std::map<VideoCodec, std::vector<EncoderRow>> found, LogSink log)
      : encoder_("auto"), log_(std::move(log)), found_(std::move(found)) {}

  /// The rows to use for `codec`, the best first: the first has been tried and works, the others are fallbacks. Empty
  /// if none works. The first call takes tens of milliseconds with a software encoder.
  [[nodiscard]] std::vector<EncoderRow> working(VideoCodec codec);

 private:
  [[nodiscard]] std::vector<EncoderRow> probe(VideoCodec codec) const;
  void say(LogLevel level, const std::string& message) const;

  std::string encoder_;
  EncoderSettings settings_{};
  LogSink log_;
  std::mutex mutex_;
  std::map<VideoCodec, std::vector<EncoderRow>> found_;  // guarded by mutex_
};

/// Encodes one grey picture.  Errors: no_encoder, with the reason.
[[nodiscard]] Result<void> try_encoder(const EncoderRow& row, const EncoderSettings& settings);

/// The package to install if the row's encoder is installed but its parser is not; otherwise empty. A board's encoder
/// comes with the kernel, its parser with a large package.
[[nodiscard]] std::string missing_parser(const EncoderRow& row,
                                         const std::function<bool(const std::string&)>& is_installed);

/// True if an access unit in Annex B form has SPS, PPS and an IDR slice, so that it can be decoded alone.
[[nodiscard]] bool is_complete_key_frame(std::span<const std::uint8_t> annex_b);

}  // namespace rtcbot::media
