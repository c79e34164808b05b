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

/// The library's own data channel, by which a page asks for the robot's time and reports what its driver sees. Users
/// never see it.
inline constexpr std::string_view kClockChannel = "rtcbot.clock";
/// The channel that each offer of ours has (RTCBot's name for it).
inline constexpr std::string_view kDefaultChannel = "default";
inline constexpr std::size_t kMaxChannelNameBytes = 256;
/// A browser may open channels as it likes; more than this are closed immediately.
inline constexpr std::size_t kMaxChannels = 32;

/// Where a connection's sound comes from and goes to. Either may be null: that direction is declined.
struct AudioPorts {
  std::shared_ptr<AudioSource> source{};
  std::shared_ptr<AudioOutput> output{};
};

/// What a connection was given before negotiation.
struct Setup {
  struct NewChannel {
    std::string name;
    bool ordered = true;
  };
  std::shared_ptr<EncodedVideoSource> video{};
  AudioPorts audio{};
  std::vector<NewChannel> channels{};
};

/// Collects a `Setup` until negotiation begins. The functions and their errors are those of `Peer`. Thread-safe.
class SetupBuilder {
 public:
  Result<void> add_video(std::shared_ptr<EncodedVideoSource> source);
  Result<void> add_audio(std::shared_ptr<AudioSource> source, std::shared_ptr<AudioOutput> output);
  Result<void> add_channel(const std::string& name, bool ordered);

  /// The setup, once: negotiation begins.  Errors: invalid_state the second time.
  [[nodiscard]] Result<Setup> begin();

 private:
  std::mutex mutex_;
  bool has_begun_ = false;
  Setup setup_;
};

}  // namespace rtcbot::peer
