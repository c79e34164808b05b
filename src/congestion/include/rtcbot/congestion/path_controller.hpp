#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"
#include "rtcbot/congestion/base_delay.hpp"
#include "rtcbot/congestion/delivery_window.hpp"
#include "rtcbot/congestion/fade_margin.hpp"
#include "rtcbot/congestion/in_flight.hpp"
#include "rtcbot/congestion/packets.hpp"

namespace rtcbot::congestion {

/// Decides how much may be sent on one path, and when: a rate for the encoder, and for each frame whether it fits into
/// what may be on its way.
///
/// Two things are kept apart that a rate alone mixes up. **The estimate** is what the path delivers, learnt from the
/// arrival times that the receiver reports: it follows the delivery while packets wait in a queue, and grows while they
/// do not. **The window** is how many bytes may be on their way: what the estimate fills in a round trip, in the time
/// between two reports, and in the little more that a queue may hold. A radio that stalls returns no reports, so the
/// window fills, and the next frame is not even encoded: nothing is late but what was already sent.
/// `docs/congestion.md` has the origins of the ideas and the measurements.
///
/// Pure: no clock, no I/O. Not thread-safe; distinct objects are independent.
/// @pre of all functions: `now` is not before any earlier `now` given to this object.
class PathController {
 public:
  struct Config {
    Duration queue_target{40'000};                 ///< How long a packet may wait in queues on the way, by intent.
    DataSize queue_floor = DataSize::bytes(1000);  ///< And so much may always wait: packets are not divisible.
    Duration busy_queue{8'000};   ///< If every packet of a report waited longer than this, the link was busy all
                                  ///< the time, and what was delivered is what it can deliver.
    Duration calm_queue{22'000};  ///< If no packet of a report waited longer than this, there is more to be had.
    double growth = 1.5;          ///< Of the estimate per second while calm, as a share of itself.
    double decline = 0.5;         ///< Share of the way to a lower delivery that one report takes the estimate.
    double frame_share = 0.96;    ///< Of the estimate that frames are given.
    double frame_stretch = 1.25;  ///< A frame may be larger than its share by this while no queue stands.
    double least_frame = 0.6;     ///< A frame smaller than this share of its due is not worth making.
    double pacing = 3.0;          ///< A frame's packets leave faster than the estimate by this.
    double unproven = 2.0;        ///< The estimate never exceeds what was delivered in a while by this.
    double frame_rate = 30.0;     ///< Frames per second that are wanted.
    DeliveryWindow::Config delivery{};
    Duration base_span{10'000'000};  ///< See `BaseDelay`.
    FadeMargin::Config fades{};
  };

  struct Limits {
    DataRate least = DataRate::kilobits_per_second(100);
    DataRate start = DataRate::kilobits_per_second(1000);
    DataRate most = DataRate::kilobits_per_second(8000);
  };

  /// What is known of the path, for people.
  struct View {
    DataRate estimate;
    DataRate delivered;
    Duration queueing{};    ///< Of the newest packet reported on.
    Duration round_trip{};  ///< Without queues. Zero until the first report.
    DataSize in_flight;
    DataSize window;
    double loss = 0;  ///< Share of the packets of the last reports.
    std::int64_t stalls = 0;
    DataRate pacing;   ///< As `pacing_rate`.
    DataRate padding;  ///< As `padding_rate`.
  };

  PathController(Config config, Limits limits);

  void set_limits(Limits limits);

  void on_sent(Timestamp now, std::int64_t sequence, DataSize size);

  /// @param reports in order of `sequence`, without those that were reported on before.
  void on_feedback(Timestamp now, std::span<const PacketReport> reports);

  /// Repair packets are sent along, by `protection_for`: video leaves room for them.
  void repairs_in_advance() { repairs_ = true; }

  /// Another route: its delays are other ones, and what was on the old one is lost. The estimate stays as a guess. The
  /// other side goes on reporting to the old address until its own checks have found the new one, which takes a browser
  /// up to 2.6 s; until then half of the estimate is sent without reports, or the picture would stop for that long.
  void on_route_change(Timestamp now);

  /// Nothing was sent for a while, on purpose or because the link was gone. As after `on_route_change`, half of the
  /// estimate is sent until reports come.
  void on_resume(Timestamp now);

  /// A frame of so many bytes goes to the pacer.
  void on_frame(Timestamp now, DataSize size);

  /// How large a frame may be that is made now. Zero: it could not be in time, make none.
  [[nodiscard]] DataSize frame_allowance(Timestamp now);

  /// When `frame_allowance` changes between zero and more by time alone: a silence becomes a stall, or in a stall the
  /// next picture is due. `kNever` where it takes a report.
  [[nodiscard]] Timestamp allowance_changes_at(Timestamp now);

  /// Whether a frame of this size that exists anyway, because another viewer had room, is better sent than dropped:
  /// where the window is not full, or it would be over it by 300 ms at most.
  [[nodiscard]] bool can_bear(Timestamp now, DataSize size);

  /// For the encoder: video without any headers.
  [[nodiscard]] DataRate video_rate(Timestamp now);
  /// Nothing is heard although something should be; frames are let through only to try the path.
  [[nodiscard]] bool is_stalled(Timestamp now) const { return mode(now) == Mode::stalled; }
  [[nodiscard]] DataRate pacing_rate() const;
  /// Packets without a picture, at this rate, while nothing is heard. Zero otherwise.
  [[nodiscard]] DataRate padding_rate(Timestamp now) const;
  [[nodiscard]] DataRate estimate() const { return estimate_; }
  [[nodiscard]] View view(Timestamp now);

 private:
  struct Digest;  ///< One report in a few numbers.

  [[nodiscard]] Digest digest(Timestamp now, std::span<const PacketReport> reports);
  void learn_rate(Timestamp now, const Digest& report);
  void learn_loss(Timestamp now, const Digest& report);
  void learn_spacing(Timestamp now);
  void bound_estimate();
  [[nodiscard]] DataSize window() const;
  [[nodiscard]] DataSize frame_due() const;
  enum class Mode {
    reported,  ///< Reports come as they should.
    blind,     ///< On a new route that nothing was heard of yet.
    stalled,   ///< Nothing is heard although something should be.
  };
  [[nodiscard]] Mode mode(Timestamp now) const;
  /// Later than this a silence is a stall; `kNever` while nothing is awaited.
  [[nodiscard]] Timestamp stalls_after() const;
  /// In a stall: when the next picture tries the path.  @pre stalled
  [[nodiscard]] Timestamp next_try_at(Timestamp now) const;
  /// Bytes on the wire for each byte of video.
  [[nodiscard]] double overhead() const;

  Config config_;
  Limits limits_;
  InFlight in_flight_;
  BaseDelay base_;
  DeliveryWindow delivery_;
  FadeMargin fades_;

  DataRate estimate_;
  DataRate delivered_;
  DataRate proven_;  ///< The most that was delivered lately; fades.
  Duration queueing_{};
  std::optional<Duration> round_trip_;
  Duration spacing_{100'000};  ///< Between two reports, the longer ones.
  std::optional<Timestamp> reported_at_;
  Timestamp valid_from_ = Timestamp::min();  ///< What was sent earlier says nothing of this path.
  std::optional<Timestamp> blind_until_;
  std::optional<Timestamp> waiting_since_;  ///< Since when something is on its way and nothing was heard.
  DataSize typical_frame_;
  std::optional<Timestamp> tried_at_;  ///< The last frame let through in a stall.
  double loss_ = 0;
  std::optional<Timestamp> loss_cut_at_;
  std::int64_t stalls_ = 0;
  bool stalled_ = false;
  bool repairs_ = false;
};

}  // namespace rtcbot::congestion
