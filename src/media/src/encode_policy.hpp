#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "rtcbot/base/time.hpp"
#include "rtcbot/flow/encoded_video.hpp"

namespace rtcbot::media {

/// One viewer, as input of the decision.
struct TapView {
  bool joining = false;      ///< Waits for its first key frame.
  bool has_room = false;     ///< Its sink has room for this picture, and its target is not zero.
  Timestamp last_room_at{};  ///< When it last had room, or attached; probes of a stalled link do not count.
  bool is_probe = false;     ///< Its link stalls, and has room only for a probe.
  ViewerPriority priority{};
};

/// A viewer without room for this long cannot lead: one dead browser must not stop the picture for the others.
inline constexpr Duration kStalledAfter = std::chrono::milliseconds(500);

/// The viewer of highest priority, stalled or not: the driver, otherwise the oldest connection.  @param taps those of
/// equal priority in the order in which they were attached.
[[nodiscard]] std::optional<std::size_t> highest_priority(std::span<const TapView> taps);

/// The primary viewer, which the encoder follows: the viewer of highest priority that is not stalled; if all are
/// stalled, the viewer of highest priority.
[[nodiscard]] std::optional<std::size_t> choose_primary(std::span<const TapView> taps, Timestamp now);

/// True if a captured picture should be encoded: the primary has room, or a viewer waits for its first picture. A
/// joining viewer gets its picture even if the primary has no room, because a fast first picture matters more than one
/// frame of another viewer.
[[nodiscard]] bool worth_encoding(std::span<const TapView> taps, std::optional<std::size_t> primary);

/// Passes at most the given number of pictures a second, evenly. Tolerates a camera's jitter: a picture up to half an
/// interval early counts as the next one.  Not thread-safe; pure.
class FrameThinner {
 public:
  /// @param frame_rate not positive: no picture passes.
  [[nodiscard]] bool passes(Timestamp captured_at, double frame_rate);

 private:
  std::optional<Timestamp> next_;
};

/// The bitrate to set on an encoder that divides its rate by `nominal` pictures a second while only `actual` arrive, so
/// that its output is `wanted`. At most eight times `wanted`, and at least 50 kbit/s.
[[nodiscard]] DataRate encoder_bitrate(DataRate wanted, double nominal, double actual);

}  // namespace rtcbot::media
