#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/flow/audio.hpp"

namespace rtcbot::media {

struct MicrophoneConfig {
  /// "auto" (the system's default), "test" (a tone of 440 Hz) or "gst:DESCRIPTION", a GStreamer source of raw audio.
  std::string source = "auto";
};

struct MicrophoneStats {
  bool running = false;
  int listeners = 0;
  std::int64_t blocks = 0;    ///< Blocks of 10 ms, so far.
  std::int64_t failures = 0;  ///< How often it could not be opened, or ended.
};

/// A microphone. Open only while it has listeners; a device that fails is reopened, without effect on others.
/// Thread-safe.
class Microphone : public AudioSource {
 public:
  /// Errors: bad_config, internal.
  [[nodiscard]] static Result<std::shared_ptr<Microphone>> create(const MicrophoneConfig& config, const LogSink& log);
  [[nodiscard]] virtual MicrophoneStats stats() const = 0;
};

struct SpeakerConfig {
  /// "auto" (the system's default), "test" (discards the sound in real time) or "gst:DESCRIPTION", a GStreamer sink.
  std::string sink = "auto";
};

struct SpeakerStats {
  bool running = false;
  int voices = 0;
  std::int64_t blocks = 0;     ///< Blocks of 10 ms that the device got so far.
  std::int64_t failures = 0;   ///< How often it could not be opened, or ended.
  double loudest_db = -100.0;  ///< Of the blocks so far; 0 is full scale.
};

/// A speaker. Open only while it has voices. Drops sound that it cannot play within 200 ms. Thread-safe.
class Speaker : public AudioOutput {
 public:
  /// Errors: bad_config, internal.
  [[nodiscard]] static Result<std::shared_ptr<Speaker>> create(const SpeakerConfig& config, const LogSink& log);
  [[nodiscard]] virtual SpeakerStats stats() const = 0;
};

}  // namespace rtcbot::media
