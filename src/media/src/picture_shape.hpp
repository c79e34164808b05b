#pragma once

#include <optional>

#include "rtcbot/congestion/encoder_ladder.hpp"
#include "rtcbot/flow/encoded_video.hpp"

namespace rtcbot::media {

/// Width and height in pixels.
struct PictureSize {
  int width = 0;
  int height = 0;
  friend bool operator==(const PictureSize&, const PictureSize&) = default;
};

/// How large and how frequent a shared encoder's pictures are: what its ladder says to the rate of the viewer that
/// leads.
///
/// The oldest viewer always has its say. Another that leads while the oldest is stalled sets the rate, but the shape
/// only once it has led for 3 s: when the driver comes back, its picture is what it was.  Pure; not thread-safe.
class PictureShape {
 public:
  static constexpr Duration kStandIn = std::chrono::milliseconds(3'000);

  PictureShape(VideoCodec codec, PictureSize full, double frame_rate);

  /// Once for each captured picture.
  /// @param oldest whether the viewer that leads is the oldest  @param rate what it is granted
  void on_leader(Timestamp now, bool oldest, DataRate rate);

  [[nodiscard]] PictureSize size() const;
  [[nodiscard]] double frame_rate() const { return ladder_.step().frame_rate; }

  /// Forgets all viewers: the next one's link is another.
  void restart();

  /// From now on only the frame rate changes: the encoder makes no other size.
  void keep_full_size() { full_only_ = true; }

 private:
  congestion::EncoderLadder::Config config_;
  congestion::EncoderLadder ladder_;
  std::optional<Timestamp> stand_in_since_;
  bool full_only_ = false;
};

}  // namespace rtcbot::media
