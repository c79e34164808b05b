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
/// The first by rank always has its say. Another that leads while the first is stalled, or because it has just gone,
/// sets the rate, but the shape only once it has led for 3 s: when the driver comes back, its picture is what it was.
/// Pure; not thread-safe.
class PictureShape {
 public:
  static constexpr Duration kStandIn = std::chrono::milliseconds(3'000);

  PictureShape(VideoCodec codec, PictureSize full, double frame_rate);

  /// The viewer whose link is followed.
  struct Leader {
    bool is_foremost = true;  ///< The first by rank of those who are there.
    ViewerRank rank{};
  };

  /// Once for each captured picture.  @param rate what the leader is granted
  void on_leader(Timestamp now, Leader leader, DataRate rate);

  /// The first by rank has gone, perhaps into a tunnel.
  void on_foremost_left(Timestamp now, ViewerRank rank);

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
  std::optional<ViewerRank> left_;  ///< The first by rank went lately, and this was its rank.
  bool full_only_ = false;
};

}  // namespace rtcbot::media
