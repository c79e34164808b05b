#pragma once

#include <api/peer_connection_interface.h>

#include <memory>
#include <optional>

#include "peer_types.hpp"
#include "rtcbot/base/result.hpp"
#include "video_link.hpp"

namespace rtcbot::engine {

/// A connection's video: the track, its transceiver and its link to the shared encoder.
///
/// Used only on the signalling thread. Cheap to copy; copies refer to the same track.
class VideoSender {
 public:
  /// Adds a track for `source` to the connection.  Errors: no_encoder (the source supports neither codec), internal.
  static Result<VideoSender> add_to(webrtc::PeerConnectionInterface& connection,
                                    webrtc::PeerConnectionFactoryInterface& factory,
                                    std::shared_ptr<EncodedVideoSource> source, VideoLink::Post post,
                                    std::shared_ptr<Path> path);

  /// Call after both descriptions are set. Finds the negotiated codec, if any, and prepares a slow camera.
  void on_negotiated(const PeerConfig& config);

  void start(const PeerConfig& config);
  void stop() { link_->detach(); }
  void request_key_frame() { link_->request_key_frame(); }
  void set_drives(bool drives) { link_->set_drives(drives); }

  [[nodiscard]] bool is_ours(const webrtc::RtpTransceiverInterface& transceiver) const {
    return &transceiver == transceiver_.get();
  }
  [[nodiscard]] std::optional<VideoCodec> codec() const { return codec_; }
  [[nodiscard]] VideoLink::Counters counters() const { return link_->counters(); }

 private:
  VideoSender(rtc::scoped_refptr<webrtc::RtpTransceiverInterface> transceiver, std::shared_ptr<VideoLink> link)
      : transceiver_(std::move(transceiver)), link_(std::move(link)) {}

  void limit_bitrate(const PeerConfig& config);

  rtc::scoped_refptr<webrtc::RtpTransceiverInterface> transceiver_;
  std::shared_ptr<VideoLink> link_;
  std::optional<VideoCodec> codec_;
};

}  // namespace rtcbot::engine
