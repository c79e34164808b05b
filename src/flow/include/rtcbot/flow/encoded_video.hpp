#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot {

/// The video codecs that every WebRTC browser must support (RFC 7742 section 5).
enum class VideoCodec {
  h264,  ///< Constrained baseline, packetization-mode 1.
  vp8,
};

[[nodiscard]] constexpr std::string_view name_of(VideoCodec codec) {
  return codec == VideoCodec::h264 ? "H264" : "VP8";
}

/// One encoded picture, which all viewers share without a copy. A value: cheap to copy, immutable.
struct EncodedFrame {
  std::shared_ptr<const void> owner;   ///< Keeps `data` alive.
  std::span<const std::uint8_t> data;  ///< H.264: Annex B with SPS and PPS before each key frame. VP8: one frame.
  VideoCodec codec = VideoCodec::h264;
  bool key_frame = false;
  int width = 0;              ///< Pixels.
  int height = 0;             ///< Pixels.
  std::int64_t sequence = 0;  ///< One more than the previous frame of the same encoder. A gap means a lost frame:
                              ///< decoding is impossible until the next key frame.
  Timestamp captured_at{};    ///< When the camera delivered the picture.
};

/// A forecast of when a picture could reach the viewer in time.
struct FrameRoom {
  bool open = false;
  Timestamp until = kNever;  ///< From this time on the opposite of `open` holds.

  [[nodiscard]] constexpr bool at(Timestamp now) const { return (now < until) == open; }
  friend bool operator==(const FrameRoom&, const FrameRoom&) = default;
};

/// A viewer's share of its link for this video.
struct VideoTarget {
  DataRate bitrate{};        ///< The congestion controller's share for this video. Zero: send nothing now.
  double frame_rate = 30.0;  ///< Upper limit of the useful frames per second.
  bool is_probe = false;     ///< The link stalls; send a picture as a probe. It does not tell what the link carries.
  FrameRoom room{};          ///< `EncodedFrameSink::room` at this moment, for a source that cannot call it.

  friend bool operator==(const VideoTarget&, const VideoTarget&) = default;
};

/// Decides which viewer's link a shared encoder follows: the driver's, or the oldest connection's while nobody drives.
struct ViewerPriority {
  bool drives = false;  ///< This viewer drives the robot.
  Timestamp since{};    ///< When the connection was first established. An interruption does not change it.

  [[nodiscard]] constexpr bool is_above(const ViewerPriority& other) const {
    return drives != other.drives ? drives : since < other.since;
  }
  friend bool operator==(const ViewerPriority&, const ViewerPriority&) = default;
};

/// One viewer's end of a shared encoder. Any thread may call the functions; they must not block.
class EncodedFrameSink {
 public:
  virtual ~EncodedFrameSink() = default;

  /// Returns true if a frame could be sent soon. Called before a captured picture is encoded: if no viewer has room,
  /// the picture is dropped without the cost of encoding.
  [[nodiscard]] virtual bool has_room(Timestamp now) = 0;

  /// The forecast of `has_room` from `now` on, unless something changes.
  [[nodiscard]] virtual FrameRoom room(Timestamp now) { return {.open = has_room(now)}; }

  /// Receives a frame, in order of `sequence`.
  virtual void on_frame(const EncodedFrame& frame) = 0;

  /// Called on attachment and with each picture, because it may change at any time. Among equals the sink attached
  /// first leads.
  [[nodiscard]] virtual ViewerPriority priority() const { return {}; }
};

/// One viewer's handle to its encoder. The destructor detaches: after it returns, the sink is not called again.
/// Thread-safe. Never destroy it inside a call to its own sink.
class EncodedVideoTap {
 public:
  virtual ~EncodedVideoTap() = default;

  /// Requests a key frame. Several requests before it count as one. All viewers receive it, so a viewer that does not
  /// lead may wait for seconds.
  /// @param broken_at since when this viewer cannot decode; empty: since now
  virtual void request_key_frame(std::optional<Timestamp> broken_at) = 0;
  void request_key_frame() { request_key_frame(std::nullopt); }

  /// Sets this viewer's share of the link. The encoder follows the viewer of highest priority; the others drop frames
  /// that do not fit.
  virtual void set_target(VideoTarget target) = 0;

  /// True if the encoder followed this viewer's link for the last picture.
  [[nodiscard]] virtual bool leads() const = 0;
};

/// A camera, as its viewers use it. Encodes once per codec for all viewers, and not at all without viewers.
/// Thread-safe.
class EncodedVideoSource {
 public:
  virtual ~EncodedVideoSource() = default;

  /// True if an encoder for `codec` is installed. Constant over the life of the process; the first call may be slow.
  [[nodiscard]] virtual bool can_encode(VideoCodec codec) const = 0;

  /// Announces that a viewer is about to attach, so that a slow camera and encoder can start. Valid for a few seconds.
  /// @pre `can_encode(codec)`.
  virtual void prepare(VideoCodec codec) = 0;

  /// Joins the encoder for `codec` and starts it if necessary. The first frame for the sink is a key frame, made
  /// immediately. A failing camera is not an error here: frames start when it delivers.  @pre `can_encode(codec)`.
  [[nodiscard]] virtual std::unique_ptr<EncodedVideoTap> attach(VideoCodec codec,
                                                                std::shared_ptr<EncodedFrameSink> sink) = 0;
};

}  // namespace rtcbot
