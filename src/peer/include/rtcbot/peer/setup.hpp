#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/flow/audio.hpp"
#include "rtcbot/flow/encoded_video.hpp"

namespace rtcbot::peer {

/// The library's own data channel: a page reads the robot's clock on it and reports the picture that its user sees.
/// Hidden from users.
inline constexpr std::string_view kClockChannel = "rtcbot.clock";
/// The channel in each of our offers (RTCBot's name for it).
inline constexpr std::string_view kDefaultChannel = "default";
inline constexpr std::size_t kMaxChannelNameBytes = 256;
/// Limit of channels that a browser opens; more are closed immediately.
inline constexpr std::size_t kMaxChannels = 32;

/// Source and destination of a connection's audio. Null: that direction is declined.
struct AudioPorts {
  std::shared_ptr<AudioSource> source{};
  std::shared_ptr<AudioOutput> output{};
};

/// The settings of a connection before negotiation.
struct Setup {
  struct NewChannel {
    std::string name;
    bool ordered = true;
  };
  std::shared_ptr<EncodedVideoSource> video{};
  AudioPorts audio{};
  std::vector<NewChannel> channels{};
};

/// Collects a `Setup` until negotiation starts. The functions and their errors are those of `Peer`. Thread-safe.
class SetupBuilder {
 public:
  Result<void> add_video(std::shared_ptr<EncodedVideoSource> source);
  Result<void> add_audio(std::shared_ptr<AudioSource> source, std::shared_ptr<AudioOutput> output);
  Result<void> add_channel(const std::string& name, bool ordered);

  /// Returns the setup and starts negotiation.  Errors: invalid_state on the second call.
  [[nodiscard]] Result<Setup> begin();

 private:
  std::mutex mutex_;
  bool has_begun_ = false;
  Setup setup_;
};

}  // namespace rtcbot::peer
