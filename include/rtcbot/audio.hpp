#pragma once

#include <functional>
#include <memory>

#include "rtcbot/error.hpp"
#include "rtcbot/media/audio.hpp"

namespace rtcbot {

/// The robot's microphone. A handle: copies refer to the same microphone. Thread-safe. The device is open only while a
/// connection sends its sound or the program subscribes. A device that fails is reopened; video and driving continue.
class Microphone {
 public:
  using Options = media::MicrophoneConfig;
  using Stats = media::MicrophoneStats;

  Microphone() : Microphone(Options{}) {}
  /// @throws Error bad_config.
  explicit Microphone(const Options& options);

  /// Calls `callback` with each 10 ms block, on the callback thread, until the returned pointer is destroyed.
  [[nodiscard]] std::shared_ptr<void> subscribe(std::function<void(AudioBlock)> callback) const;

  [[nodiscard]] Stats stats() const { return microphone_->stats(); }

  /// For the library's own use: the microphone behind the handle.
  [[nodiscard]] const std::shared_ptr<media::Microphone>& source() const { return microphone_; }

 private:
  std::shared_ptr<media::Microphone> microphone_;
};

/// The robot's speaker. A handle, like `Microphone`. Mixes all voices that play at the same time.
class Speaker {
 public:
  using Options = media::SpeakerConfig;
  using Stats = media::SpeakerStats;

  Speaker() : Speaker(Options{}) {}
  /// @throws Error bad_config.
  explicit Speaker(const Options& options);

  [[nodiscard]] Stats stats() const { return speaker_->stats(); }

  /// For the library's own use: the speaker behind the handle.
  [[nodiscard]] const std::shared_ptr<media::Speaker>& output() const { return speaker_; }

 private:
  std::shared_ptr<media::Speaker> speaker_;
};

}  // namespace rtcbot
