#pragma once

#include <optional>
#include <string>

#include "common/options.hpp"
#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// The command line's options for sound.
struct AudioOptions {
  std::string microphone = "none";
  std::string speaker = "none";

  [[nodiscard]] bool listens() const { return microphone != "none"; }
  [[nodiscard]] bool talks() const { return speaker != "none"; }
};

void describe_audio(CLI::App& cli, AudioOptions& options);

/// A robot program's microphone and speaker, if it has any.
class AudioSetup {
 public:
  /// @throws Error bad_config.
  explicit AudioSetup(const AudioOptions& options);

  /// Call it before the viewer is negotiated, and attached to `Driving`: no sound is sent before the page requests it.
  void attach(const RTCConnection& viewer) const;
  /// For the statistics line; null without sound.
  [[nodiscard]] Json figures() const;

 private:
  std::optional<Microphone> microphone_;
  std::optional<Speaker> speaker_;
};

}  // namespace rtcbot::app
