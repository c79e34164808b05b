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

/// Input and output of an encoder.
struct EncoderSettings {
  int width = 0;   ///< Of the input pictures.
  int height = 0;  ///< Of the input pictures.
  int frame_rate = 30;
  DataRate bitrate;
  std::optional<PictureSize> scaled_to{};  ///< The size to scale to before encoding, if any.
  bool correct_rate = true;  ///< False: the encoder's rate is the one asked for times the row's factor, always.

  /// Of the output pictures.
  [[nodiscard]] PictureSize encoded_size() const { return scaled_to.value_or(PictureSize{width, height}); }
};

/// One encoded picture, as the encoder delivers it.
struct EncoderOutput {
  std::shared_ptr<const void> owner;  ///< Keeps `data` alive.
  std::span<const std::uint8_t> data;
  bool key_frame = false;
  Timestamp captured_at{};
};

/// One running encoder: takes raw pictures and delivers encoded ones, on GStreamer's own thread.
///
/// Only one thread at a time may call `submit` and `set_bitrate`. The events come from GStreamer's threads, and none
/// after the destructor returned. The exception is a driver that hangs: the destructor gives up after 1 s and leaks the
/// object, because the driver may still use it.
class EncoderPipeline {
 public:
  struct Events {
    std::function<void(EncoderOutput)> on_output;
    std::function<void(std::string reason)> on_failure;
  };

  /// Builds and starts the encoder.  Errors: no_encoder if the element is not installed or does not start.
  [[nodiscard]] static Result<std::unique_ptr<EncoderPipeline>> start(const EncoderRow& row,
                                                                      const EncoderSettings& settings, Events events,
                                                                      const LogSink& log);
  ~EncoderPipeline();
  EncoderPipeline(const EncoderPipeline&) = delete;
  EncoderPipeline& operator=(const EncoderPipeline&) = delete;

  /// Submits one picture without waiting. False if the encoder takes no further pictures.
  [[nodiscard]] bool submit(const RawFrame& frame, bool key_frame);

  /// Applies from the next picture on, corrected so that the encoder spends it (`RateCorrection`); ignores changes of
  /// less than 2 %. May wait for a picture that is being encoded.
  void set_bitrate(DataRate bitrate);

  [[nodiscard]] const EncoderRow& row() const;

 private:
  struct Impl;
  explicit EncoderPipeline(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace rtcbot::media
