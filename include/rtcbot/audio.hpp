#pragma once

#include <functional>
#include <memory>

#include "rtcbot/error.hpp"
#include "rtcbot/media/audio.hpp"

namespace rtcbot {

/// The robot's microphone. A cheap handle: copies are the same one. Thread-safe. The device is open only while a
/// connection sends it or somebody subscribes; one that fails is opened again, and harms neither picture nor driving.
class Microphone {
 public:
  using Options = media::MicrophoneConfig;
  using Stats = media::MicrophoneStats;

  Microphone() : Microphone(Options{}) {}
  /// @throws Error bad_config.
  explicit Microphone(const Options& options);

  /// Calls `callback` with each 10 ms, on the callback thread, until the returned pointer is dropped.
  [[nodiscard]] std::shared_ptr<void> subscribe(std::function<void(AudioBlock)> callback) const;

  [[nodiscard]] Stats stats() const { return microphone_->stats(); }

  /// For the library: the microphone behind the handle.
  [[nodiscard]] const std::shared_ptr<media::Microphone>& source() const { return microphone_; }

 private:
  std::shared_ptr<media::Microphone> microphone_;
};

/// The robot's speaker, in the same way. Who talk at once are mixed.
class Speaker {
 public:
  using Options = media::SpeakerConfig;
  using Stats = media::SpeakerStats;

  Speaker() : Speaker(Options{}) {}
  /// @throws Error bad_config.
  explicit Speaker(const Options& options);

  [[nodiscard]] Stats stats() const { return speaker_->stats(); }

  /// For the library: the speaker behind the handle.
  [[nodiscard]] const std::shared_ptr<media::Speaker>& output() const { return speaker_; }

 private:
  std::shared_ptr<media::Speaker> speaker_;
};

}  // namespace rtcbot
