#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot {

/// The video codecs that every WebRTC browser must know (RFC 7742 section 5).
enum class VideoCodec {
  h264,  ///< Constrained baseline, packetization-mode 1.
  vp8,
};

[[nodiscard]] constexpr std::string_view name_of(VideoCodec codec) {
  return codec == VideoCodec::h264 ? "H264" : "VP8";
}

/// One encoded picture, shared by all viewers without a copy. A value: cheap to copy, immutable.
struct EncodedFrame {
  std::shared_ptr<const void> owner;   ///< Keeps `data` alive.
  std::span<const std::uint8_t> data;  ///< H.264: Annex B with SPS and PPS before each key frame. VP8: one frame.
  VideoCodec codec = VideoCodec::h264;
  bool key_frame = false;
  int width = 0;              ///< Pixels.
  int height = 0;             ///< Pixels.
  std::int64_t sequence = 0;  ///< One more than the frame before it from the same encoder; a gap means a frame was
                              ///< missed and nothing can be decoded until the next key frame.
  Timestamp captured_at{};    ///< When the camera delivered the picture.
};

/// Whether a picture that is taken at some time could be in time, as far as that is known in advance.
struct FrameRoom {
  bool open = false;
  Timestamp until = kNever;  ///< From then on the opposite holds.

  [[nodiscard]] constexpr bool at(Timestamp now) const { return (now < until) == open; }
  friend bool operator==(const FrameRoom&, const FrameRoom&) = default;
};

/// What a viewer's link has room for.
struct VideoTarget {
  DataRate bitrate{};        ///< What the congestion controller grants to this video. Zero: nothing may be sent now.
  double frame_rate = 30.0;  ///< The most frames per second that are useful.
  bool is_trial = false;     ///< The link stalls: for a picture that tries it; says nothing of what the link carries.
  FrameRoom room{};          ///< As `EncodedFrameSink::room` at this moment; for a source that cannot ask.

  friend bool operator==(const VideoTarget&, const VideoTarget&) = default;
};

/// Whose link a shared encoder follows, of several viewers: the one's who drives, else the one's who came first.
struct ViewerRank {
  bool drives = false;  ///< This viewer drives the robot.
  Timestamp since{};    ///< When its connection was first made: an interruption does not make it a newcomer.

  [[nodiscard]] constexpr bool outranks(const ViewerRank& other) const {
    return drives != other.drives ? drives : since < other.since;
  }
  friend bool operator==(const ViewerRank&, const ViewerRank&) = default;
};

/// One viewer's end of a shared encoder. All functions may be called from any thread and must not block.
class EncodedFrameSink {
 public:
  virtual ~EncodedFrameSink() = default;

  /// Asked before a captured picture is encoded: could a frame leave soon? If no viewer has room, the picture is
  /// dropped before it costs anything.
  [[nodiscard]] virtual bool has_room(Timestamp now) = 0;

  /// The answers that `has_room` will give from `now` on, unless something happens.
  [[nodiscard]] virtual FrameRoom room(Timestamp now) { return {.open = has_room(now)}; }

  /// A frame, in order of `sequence`.
  virtual void on_frame(const EncodedFrame& frame) = 0;

  /// Asked when it is attached and with each picture: it may change at any time. Of equals the one attached first
  /// leads.
  [[nodiscard]] virtual ViewerRank rank() const { return {}; }
};

/// What a viewer may ask of the encoder it is attached to. Destroying it detaches: after the destructor returns, the
/// sink is not called any more. Thread-safe. Never destroy it inside a call to its own sink.
class EncodedVideoTap {
 public:
  virtual ~EncodedVideoTap() = default;

  /// The next picture shall be decodable by itself. Requests that meet before that picture count as one. As it goes to
  /// everybody, a viewer that does not lead may have to wait for it, for seconds.
  /// @param broken_at since when this viewer can decode nothing; empty: only now known
  virtual void request_key_frame(std::optional<Timestamp> broken_at) = 0;
  void request_key_frame() { request_key_frame(std::nullopt); }

  /// This viewer's share of the link changed. The encoder follows the first by rank; the others drop what does not fit.
  virtual void set_target(VideoTarget target) = 0;

  /// Whether it is this viewer's link that the encoder followed with the last picture.
  [[nodiscard]] virtual bool leads() const = 0;
};

/// A camera as its viewers see it: encodes once per codec however many are attached, and not at all when nobody is.
/// Thread-safe.
class EncodedVideoSource {
 public:
  virtual ~EncodedVideoSource() = default;

  /// Whether an encoder for `codec` is installed. Constant over the life of the process; may be slow the first time.
  [[nodiscard]] virtual bool can_encode(VideoCodec codec) const = 0;

  /// Says that a viewer is about to attach, so that a camera and an encoder that are slow to start can begin. Holds for
  /// a few seconds.  @pre `can_encode(codec)`.
  virtual void prepare(VideoCodec codec) = 0;

  /// Joins the encoder for `codec`, starting it if need be. The first frame given to the sink is a key frame, made at
  /// once. A failing camera is not an error here: frames begin when it delivers.  @pre `can_encode(codec)`.
  [[nodiscard]] virtual std::unique_ptr<EncodedVideoTap> attach(VideoCodec codec,
                                                                std::shared_ptr<EncodedFrameSink> sink) = 0;
};

}  // namespace rtcbot
