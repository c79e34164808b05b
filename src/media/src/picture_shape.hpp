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

/// Size and frame rate of a shared encoder's pictures: the result of its ladder for the primary viewer's rate.
///
/// The viewer of highest priority always determines both. If another viewer leads because the first is stalled or has
/// just left, it determines the rate, but the shape only after it has led for 3 s. So a driver that returns finds its
/// picture unchanged.
/// Pure; not thread-safe.
class PictureShape {
 public:
  static constexpr Duration kStandIn = std::chrono::milliseconds(3'000);

  PictureShape(VideoCodec codec, PictureSize full, double frame_rate);

  /// The viewer whose link the encoder follows.
  struct Primary {
    bool has_highest_priority = true;  ///< It has the highest priority of the present viewers.
    ViewerPriority priority{};
  };

  /// Call once for each captured picture.  @param rate the primary's target bitrate
  void on_primary(Timestamp now, Primary primary, DataRate rate);

  /// The viewer of highest priority has left, perhaps temporarily.
  void on_highest_priority_left(Timestamp now, ViewerPriority priority);

  [[nodiscard]] PictureSize size() const;
  [[nodiscard]] double frame_rate() const { return ladder_.step().frame_rate; }

  /// Forgets all viewers, because the next one has another link.
  void restart();

  /// From now on changes only the frame rate, because the encoder supports no other size.
  void keep_full_size() { full_only_ = true; }

 private:
  congestion::EncoderLadder::Config config_;
  congestion::EncoderLadder ladder_;
  std::optional<Timestamp> stand_in_since_;
  std::optional<ViewerPriority> left_;  ///< The priority of the viewer of highest priority that left recently.
  bool full_only_ = false;
};

}  // namespace rtcbot::media
