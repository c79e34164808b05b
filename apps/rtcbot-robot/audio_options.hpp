#pragma once

#include <optional>
#include <string>

#include "common/options.hpp"
#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// What the command line says of sound.
struct AudioOptions {
  std::string microphone = "none";
  std::string speaker = "none";

  [[nodiscard]] bool listens() const { return microphone != "none"; }
  [[nodiscard]] bool talks() const { return speaker != "none"; }
};

void describe_audio(CLI::App& cli, AudioOptions& options);

/// A robot program's ears and mouth, as far as it has any.
class AudioDesk {
 public:
  /// @throws Error bad_config.
  explicit AudioDesk(const AudioOptions& options);

  /// Before the viewer is negotiated, and attached to `Driving`: nothing goes before its page asks for it.
  void attach(const RTCConnection& viewer) const;
  /// For the line of figures; null without sound.
  [[nodiscard]] Json figures() const;

 private:
  std::optional<Microphone> microphone_;
  std::optional<Speaker> speaker_;
};

}  // namespace rtcbot::app
