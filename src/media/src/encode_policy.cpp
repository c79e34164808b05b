#include "encode_policy.hpp"

#include <algorithm>

#include "encoder_table.hpp"

namespace rtcbot::media {

namespace {

/// Among viewers of equal priority, the one that is first in `taps`.
template <class Condition>
std::optional<std::size_t> first_by_priority(std::span<const TapView> taps, Condition condition) {
  std::optional<std::size_t> first;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    if (condition(taps[i]) && (!first || taps[i].priority.is_above(taps[*first].priority))) first = i;
  }
  return first;
}

}  // namespace

std::optional<std::size_t> highest_priority(std::span<const TapView> taps) {
  return first_by_priority(taps, [](const TapView&) { return true; });
}

std::optional<std::size_t> choose_primary(std::span<const TapView> taps, Timestamp now) {
  const auto lively = first_by_priority(taps, [now](const TapView& tap) {
    return (tap.has_room && !tap.is_probe) || now - tap.last_room_at < kStalledAfter;
  });
  return lively ? lively : highest_priority(taps);
}

bool worth_encoding(std::span<const TapView> taps, std::optional<std::size_t> primary) {
  if (!primary) return false;
  if (taps[*primary].has_room) return true;
  return std::any_of(taps.begin(), taps.end(), [](const TapView& tap) { return tap.joining; });
}

bool FrameThinner::passes(Timestamp captured_at, double frame_rate) {
  if (frame_rate <= 0) return false;
  const Duration interval(static_cast<std::int64_t>(1e6 / frame_rate));
  if (next_ && captured_at + interval / 2 < *next_ && *next_ - captured_at <= 2 * interval) return false;
  // After a pause restart the rhythm; do not catch up.
  const bool in_rhythm = next_ && captured_at - *next_ < interval;
  next_ = (in_rhythm ? *next_ : captured_at) + interval;
  return true;
}

DataRate encoder_bitrate(DataRate wanted, double nominal, double actual) {
  const double factor = actual <= 0 ? 1.0 : std::clamp(nominal / actual, 1.0, 8.0);
  return std::max(wanted * factor, kMinBitrate);
}

}  // namespace rtcbot::media
