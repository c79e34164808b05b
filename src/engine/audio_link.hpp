#pragma once

#include <api/peer_connection_interface.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "audio_puller.hpp"
#include "path.hpp"
#include "peer_types.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/flow/audio.hpp"

namespace rtcbot::engine {

/// Share of the link for sound, including headers: 24 kbit/s in 25 packets a second.
inline constexpr DataRate kAudioShare = DataRate::kilobits_per_second(40);

/// A connection's sound in both directions: a silent track, and a sink that exists only while it is wanted. While sound
/// is not wanted, the microphone is closed, no packet is sent and nothing is decoded.
///
/// Used only on the signalling thread, except for `counters`.
class AudioLink {
 public:
  struct Counters {
    std::int64_t blocks_sent = 0, blocks_held_back = 0;  ///< 10 ms each; held back while the link carries only video.
    std::int64_t blocks_received = 0;
  };

  struct Config {
    AudioPorts ports{};
    std::shared_ptr<AudioPuller> puller{};
    std::shared_ptr<Path> path{};
    DataRate min_video{};  ///< Below this video rate no sound is sent.
  };

  /// Adds the track in its own media stream, so that browsers do not delay video to synchronise it with sound.
  /// Errors: internal.
  static Result<std::unique_ptr<AudioLink>> add_to(webrtc::PeerConnectionInterface& connection,
                                                   webrtc::PeerConnectionFactoryInterface& factory, Config config);
  ~AudioLink();
  AudioLink(const AudioLink&) = delete;
  AudioLink& operator=(const AudioLink&) = delete;

  void set_wanted(bool send, bool receive);
  void start();
  void stop();

  [[nodiscard]] bool is_ours(const webrtc::RtpTransceiverInterface& transceiver) const {
    return &transceiver == transceiver_.get();
  }
  [[nodiscard]] Counters counters() const;

 private:
  class Track;
  class Sink;
  struct Meter;

  AudioLink(rtc::scoped_refptr<webrtc::RtpTransceiverInterface> transceiver, rtc::scoped_refptr<Track> track,
            Config config);

  void apply();
  void begin_sending();
  void end_sending();
  void begin_receiving();
  void end_receiving();
  void set_active(bool active);

  const rtc::scoped_refptr<webrtc::RtpTransceiverInterface> transceiver_;
  const rtc::scoped_refptr<Track> track_;
  const Config config_;
  const std::shared_ptr<Meter> meter_;

  bool wants_to_send_ = false, wants_to_receive_ = false, is_connected_ = false;
  std::shared_ptr<void> tap_;   ///< On the microphone, while sending.
  std::shared_ptr<void> pull_;  ///< While receiving.
  std::unique_ptr<Sink> sink_;  ///< While receiving.
};

/// True if the first audio section of a description accepts Opus, the only codec used here.
[[nodiscard]] bool takes_opus(const webrtc::SessionDescriptionInterface& description);

/// Changes the other side's description so that it requests sound with a low bitrate and few packets.
void ask_for_narrow_opus(webrtc::SessionDescriptionInterface& description);

}  // namespace rtcbot::engine
