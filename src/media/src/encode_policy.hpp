#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "rtcbot/base/time.hpp"
#include "rtcbot/flow/encoded_video.hpp"

namespace rtcbot::media {

/// One viewer as the decision sees it.
struct TapView {
  bool joining = false;      ///< Waits for its first key frame.
  bool has_room = false;     ///< What its sink said for this picture, and its target is not zero.
  Timestamp last_room_at{};  ///< When it last had room, or attached; the trials of a stalled link do not count.
  bool is_trial = false;     ///< Its link stalls, and has room only to be tried.
  ViewerRank rank{};
};

/// A viewer without room for this long does not lead: one dead browser must not stop the picture for the others.
inline constexpr Duration kStalledAfter = std::chrono::milliseconds(500);

/// The first by rank, stalled or not: who drives, else whose connection was made first.  @param taps those of equal
/// rank in the order in which they came.
[[nodiscard]] std::optional<std::size_t> foremost(std::span<const TapView> taps);

/// The viewer that the encoder follows: the first by rank of those that are not stalled; when all are, the first.
[[nodiscard]] std::optional<std::size_t> choose_leader(std::span<const TapView> taps, Timestamp now);

/// Whether a captured picture is worth encoding: the leader has room, or somebody waits for the first picture. A joiner
/// is served even when the leader has no room: the click to the first picture counts more than one frame of another
/// viewer.
[[nodiscard]] bool worth_encoding(std::span<const TapView> taps, std::optional<std::size_t> leader);

/// Lets through at most so many pictures a second, evenly, and does not judge a camera's jitter as speed: a picture up
/// to half an interval early still counts as the next one.  Not thread-safe; pure.
class FrameThinner {
 public:
  /// @param frame_rate not positive: nothing passes.
  [[nodiscard]] bool passes(Timestamp captured_at, double frame_rate);

 private:
  std::optional<Timestamp> next_;
};

/// What to set an encoder to that spends its rate evenly over `nominal` pictures a second when only `actual` come, so
/// that what leaves is `wanted`. At most eightfold, and never below 50 kbit/s.
[[nodiscard]] DataRate encoder_bitrate(DataRate wanted, double nominal, double actual);

}  // namespace rtcbot::media
