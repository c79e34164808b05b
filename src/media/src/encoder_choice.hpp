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

/// Finds out which encoders of the table really work here, by encoding one grey picture with each, the best first,
/// until one does. Asked once per codec; the answer stays. Thread-safe; a second caller waits for the first.
class EncoderChoice {
 public:
  /// @param encoder "auto" or the name of a row.
  EncoderChoice(std::string encoder, EncoderSettings settings, LogSink log)
      : encoder_(std::move(encoder)), settings_(settings), log_(std::move(log)) {}

  /// With the answer known beforehand: for tests, and for a board whose maker knows.
  EncoderChoice(std::map<VideoCodec, std::vector<EncoderRow>> found, LogSink log)
      : encoder_("auto"), log_(std::move(log)), found_(std::move(found)) {}

  /// The rows to use for `codec`, the best first: the first has been tried and works, those after it are what is left
  /// to fall back to. Empty when none works. Takes tens of milliseconds the first time with a software encoder.
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

/// Encodes one grey picture.  Errors: no_encoder with what went wrong.
[[nodiscard]] Result<void> try_encoder(const EncoderRow& row, const EncoderSettings& settings);

/// What to install where the row's encoder is installed and the parser behind it is not; else empty. A board's encoder
/// comes with the kernel, its parser with a large package.
[[nodiscard]] std::string missing_parser(const EncoderRow& row,
                                         const std::function<bool(const std::string&)>& is_installed);

/// Whether an access unit in Annex B form has SPS, PPS and an IDR slice: decodable with nothing before it.
[[nodiscard]] bool is_complete_key_frame(std::span<const std::uint8_t> annex_b);

}  // namespace rtcbot::media
