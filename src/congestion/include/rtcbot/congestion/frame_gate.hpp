#pragma once

#include <cstdint>
#include <optional>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"
#include "rtcbot/congestion/frame_chain.hpp"

namespace rtcbot::congestion {

/// Lets through only what one viewer's link can carry soon: a leaky bucket between a shared encoder and the packets.
///
/// What is handed over fills the bucket, the granted rate drains it. Two bounds, because refusing has two prices:
/// before a picture is encoded it costs nothing (`has_room`, the low bound), after that it costs a key frame
/// (`admit`, the high bound; reached only when another viewer of the same encoder has room and this one has not).
///
/// Pure: no clock, no I/O. Not thread-safe; distinct objects are independent.
/// @pre of all functions: `now` is not before any earlier `now` given to this object.
class FrameGate {
 public:
  struct Config {
    Duration room{120'000};             ///< Backlog up to which a new picture is welcome, as time at the granted rate.
    Duration limit{600'000};            ///< Backlog up to which an encoded delta frame is still let through.
    Duration key_request_gap{500'000};  ///< Least time between two `take_key_request` that say yes: one viewer with a
                                        ///< bad link must not make the picture worse for the others.
    double drain = 1.25;                ///< How much faster than granted the pacer sends. Without slack an encoder that
                                        ///< meets its rate exactly would fill the bucket by its variance alone.
  };

  /// What a `PathController` says, for a path that reports on its packets. It then decides instead of the bucket.
  struct PathRoom {
    bool for_new = false;           ///< A picture that is taken now could be in time.
    bool for_encoded = false;       ///< A frame that exists anyway is better sent than dropped.
    Timestamp changes_at = kNever;  ///< When `for_new` turns into its opposite, by time alone.
  };

  struct Stats {
    std::int64_t admitted = 0;
    std::int64_t refused = 0;  ///< Encoded frames that were not let through.
  };

  FrameGate() : FrameGate(Config{}) {}
  explicit FrameGate(Config config) : config_(config) {}

  /// What the congestion controller grants from now on. Zero: nothing may be sent.
  void set_rate(Timestamp now, DataRate rate);

  /// Could a picture taken now leave soon?
  [[nodiscard]] bool has_room(Timestamp now, std::optional<PathRoom> path = {});

  /// When `has_room` changes its answer if nothing else happens; `kNever` if it does not.
  [[nodiscard]] Timestamp changes_at(Timestamp now, std::optional<PathRoom> path = {});

  /// Whether to hand over this frame; if so it counts as handed over. After a refusal, or a gap in `sequence`, no delta
  /// frame is let through until a key frame was.
  [[nodiscard]] bool admit(Timestamp now, std::int64_t sequence, bool key_frame, DataSize size,
                           std::optional<PathRoom> path = {});

  /// True, at most once per `key_request_gap`, when only a key frame would help and there is room for one: the caller
  /// then asks the encoder for it.
  [[nodiscard]] bool take_key_request(Timestamp now, std::optional<PathRoom> path = {});

  /// Since when only a key frame would help; empty: no frame was refused since the last one.
  [[nodiscard]] std::optional<Timestamp> broken_at() const { return broken_at_; }

  /// Forgets the backlog and the chain: a new attachment begins, with a key frame of its own.
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
  std::optional<Timestamp> broken_at_;  ///< A frame was refused: as opposed to none seen yet, this needs a request.
  std::optional<Timestamp> requested_at_;
  Stats stats_;
};

}  // namespace rtcbot::congestion
