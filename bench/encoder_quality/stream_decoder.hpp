#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "picture_quality.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/flow/encoded_video.hpp"

namespace rtcbot::bench {

/// Decodes a stream of one codec frame by frame, with Debian's decoders in one thread.
class StreamDecoder {
 public:
  [[nodiscard]] static Result<std::unique_ptr<StreamDecoder>> open(VideoCodec codec);
  ~StreamDecoder();
  StreamDecoder(const StreamDecoder&) = delete;
  StreamDecoder& operator=(const StreamDecoder&) = delete;

  /// The picture of this frame; empty if the decoder gives none within 5 s.
  [[nodiscard]] std::optional<Luma> decode(std::span<const std::uint8_t> frame);

 private:
  struct Impl;
  explicit StreamDecoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rtcbot::bench
