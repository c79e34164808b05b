#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "encoder_table.hpp"
#include "picture_shape.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/media/camera.hpp"

namespace rtcbot::media {

/// What an encoder is given and asked to make.
struct EncoderSettings {
  int width = 0;   ///< Of the pictures that go in.
  int height = 0;  ///< Of the pictures that go in.
  int frame_rate = 30;
  DataRate bitrate;
  std::optional<PictureSize> scaled_to{};  ///< What they are made smaller to before they are encoded, if at all.

  /// Of the pictures that come out.
  [[nodiscard]] PictureSize encoded_size() const { return scaled_to.value_or(PictureSize{width, height}); }
};

/// One picture as the encoder gave it.
struct EncoderOutput {
  std::shared_ptr<const void> owner;  ///< Keeps `data` alive.
  std::span<const std::uint8_t> data;
  bool key_frame = false;
  Timestamp captured_at{};
};

/// One running encoder: raw pictures in, encoded ones out, on GStreamer's own thread.
///
/// `submit` and `set_bitrate` are for one thread at a time. The events come from GStreamer's threads, and none comes
/// after the destructor returned (except from a driver that hangs: it is given up after 1 s, and its object leaks
/// rather than being freed under it).
class EncoderPipeline {
 public:
  struct Events {
    std::function<void(EncoderOutput)> on_output;
    std::function<void(std::string reason)> on_failure;
  };

  /// Builds and starts the encoder.  Errors: no_encoder, when the element is not installed or does not start.
  [[nodiscard]] static Result<std::unique_ptr<EncoderPipeline>> start(const EncoderRow& row,
                                                                      const EncoderSettings& settings, Events events,
                                                                      const LogSink& log);
  ~EncoderPipeline();
  EncoderPipeline(const EncoderPipeline&) = delete;
  EncoderPipeline& operator=(const EncoderPipeline&) = delete;

  /// Hands over one picture without waiting. False when the encoder no longer takes any.
  [[nodiscard]] bool submit(const RawFrame& frame, bool key_frame);

  /// From the next picture on; a change of less than 2 % is left out. May wait for a picture that is being encoded.
  void set_bitrate(DataRate bitrate);

  [[nodiscard]] const EncoderRow& row() const;

 private:
  struct Impl;
  explicit EncoderPipeline(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace rtcbot::media
