#pragma once

#include <cstdint>
#include <optional>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"
#include "rtcbot/congestion/frame_chain.hpp"

namespace rtcbot::congestion {

/// Forwards only the frames that one viewer's link can carry soon: a leaky bucket between a shared encoder and the
/// packets.
///
/// Forwarded frames fill the bucket; the target rate drains it. There are two bounds because a refusal has two costs.
/// Before a picture is encoded it costs nothing (`has_room`, the low bound). After that it costs a key frame (`admit`,
/// the high bound; reached only if another viewer of the same encoder has room and this one has not).
class FrameGate {
 public:
  struct Config {
    Duration room{120'000};             ///< Backlog up to which a new picture is accepted, as time at the target rate.
    Duration limit{600'000};            ///< Backlog up to which an encoded delta frame is still forwarded.
    Duration key_request_gap{500'000};  ///< Minimum interval of `take_key_request`: one viewer with a bad link must not
                                        ///< degrade the picture for others.
    double drain = 1.25;                ///< Factor by which the pacer sends faster than the target rate. Without this
                                        ///< margin, normal variations of the encoder's output would fill the bucket.
  };

  /// The result of a `PathController`, for a path with packet reports. It replaces the bucket's decision.
  struct PathRoom {
    bool for_new = false;           ///< A picture taken now could arrive in time.
    bool for_encoded = false;       ///< An existing frame should be sent rather than dropped.
    Timestamp changes_at = kNever;  ///< When `for_new` changes by time alone.
  };

  struct Stats {
    std::int64_t admitted = 0;
    std::int64_t refused = 0;  ///< Encoded frames that were not forwarded.
  };

  FrameGate() : FrameGate(Config{}) {}
  explicit FrameGate(Config config) : config_(config) {}

  /// Sets the congestion controller's target rate. Zero: send nothing.
  void set_rate(Timestamp now, DataRate rate);

  /// True if a picture taken now could be sent soon.
  [[nodiscard]] bool has_room(Timestamp now, std::optional<PathRoom> path = {});

  /// When `has_room` changes without further events; `kNever` if it does not.
  [[nodiscard]] Timestamp changes_at(Timestamp now, std::optional<PathRoom> path = {});

  /// Returns true if this frame shall be forwarded, and counts it as forwarded. After a refusal or a gap in `sequence`,
  /// refuses all delta frames until the next key frame.
  [[nodiscard]] bool admit(Timestamp now, std::int64_t sequence, bool key_frame, DataSize size,
                           std::optional<PathRoom> path = {});

  /// Returns true, at most once per `key_request_gap`, if only a key frame would help and there is room for one. The
  /// caller then requests it from the encoder.
  [[nodiscard]] bool take_key_request(Timestamp now, std::optional<PathRoom> path = {});

  /// Since when only a key frame would help; empty: no frame was refused since the last accepted one.
  [[nodiscard]] std::optional<Timestamp> broken_at() const { return broken_at_; }

  /// Resets backlog and chain for a new attachment, which starts with its own key frame.
  void restart(Timestamp now);

  [[nodiscard]] const Stats& stats() const { return stats_; }

 private:
  void drain_to(Timestamp now);
  [[nodiscard]] bool is_below(Duration bound) const;

  Config config_;
  DataRate rate_;
  DataSize backlog_;
  Timestamp drained_at_{};
  FrameChain chain_;
  std::optional<Timestamp> broken_at_;  ///< A frame was refused, so a key frame must be requested. Empty before the
                                        ///< first frame.
  std::optional<Timestamp> requested_at_;
  Stats stats_;
};

}  // namespace rtcbot::congestion
