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
/// the bytes allowed in flight.
///
/// It separates two values that a rate alone mixes. **The estimate** is the rate that the path delivers, measured from
/// the arrival times in the receiver's reports. It follows the delivery rate while packets queue, and grows while they
/// do not. **The window** is the number of bytes allowed in flight: the estimate times the round trip, the interval
/// between reports and a small queue. A stalled radio returns no reports, so the window fills and the next frame is not
/// even encoded: only frames that were already sent arrive late.
/// `docs/congestion.md` has the sources of the ideas and the measurements.
///
/// Pure: no clock, no I/O. Not thread-safe; distinct objects are independent.
/// @pre of all functions: `now` is not before any earlier `now` given to this object.
class PathController {
 public:
  struct Config {
    Duration queue_target{40'000};                 ///< Intended queueing delay of a packet.
    DataSize queue_floor = DataSize::bytes(1000);  ///< Always allowed in the queue, because packets are indivisible.
    Duration busy_queue{8'000};     ///< If every packet of a report queued longer than this, the link was busy all the
                                    ///< time, and the delivery rate is its capacity.
    Duration calm_queue{22'000};    ///< If no packet of a report queued longer than this, the link has spare capacity.
    double growth = 1.5;            ///< Growth of the estimate per second while calm, as a share of itself.
    double decline = 0.5;           ///< Share of the difference to a lower delivery rate that one report removes.
    double frame_share = 0.96;      ///< Share of the estimate for frames.
    double frame_stretch = 1.25;    ///< Factor by which a frame may exceed its share while there is no queue.
    double min_frame = 0.6;         ///< A frame below this share of its due size is not worth making.
    double pacing = 3.0;            ///< Ratio of the pacing rate to the estimate.
    double max_probe_factor = 2.0;  ///< Growth stops at this multiple of the recent peak delivery rate.
    double frame_rate = 30.0;       ///< Wanted frames per second.
    DeliveryWindow::Config delivery{};
    Duration base_span{10'000'000};  ///< See `BaseDelay`.
    FadeMargin::Config fades{};
  };

  struct Limits {
    DataRate least = DataRate::kilobits_per_second(100);
    DataRate start = DataRate::kilobits_per_second(1000);
    DataRate most = DataRate::kilobits_per_second(8000);
  };

  /// A snapshot of the path's state, for display.
  struct Snapshot {
    DataRate estimate;
    DataRate delivered;
    Duration queueing{};    ///< Of the newest reported packet.
    Duration round_trip{};  ///< Without queueing. Zero until the first report.
    DataSize in_flight;
    DataSize window;
    double loss = 0;  ///< Smoothed share of lost packets.
    std::int64_t stalls = 0;
    DataRate pacing;   ///< As `pacing_rate`.
    DataRate padding;  ///< As `padding_rate`.
  };

  PathController(Config config, Limits limits);

  void set_limits(Limits limits);

  void on_sent(Timestamp now, std::int64_t sequence, DataSize size);

  /// @param reports in order of `sequence`, without those that were reported on before.
  void on_feedback(Timestamp now, std::span<const PacketReport> reports);

  /// Repair packets are sent as `protection_for` says; video leaves room for them.
  void repairs_in_advance() { repairs_ = true; }

  /// The route changed: its delays differ, and packets on the old route are lost. The estimate is kept as a guess. The
  /// other side sends reports to the old address until its own checks have found the new one, which takes a browser up
  /// to 2.6 s. Until then half of the estimate is sent without feedback, because the picture would otherwise freeze for
  /// that long.
  void on_route_change(Timestamp now);

  /// Nothing was sent for a while, on purpose or because the link was lost. As after `on_route_change`, half of the
  /// estimate is sent until reports arrive.
  void on_resume(Timestamp now);

  /// A frame of that size goes to the pacer.
  void on_frame(Timestamp now, DataSize size);

  /// Maximum size of a frame made now. Zero: it could not arrive in time, so make none.
  [[nodiscard]] DataSize frame_allowance(Timestamp now);

  /// When `frame_allowance` changes between zero and non-zero by time alone: a silence becomes a stall, or the next
  /// picture in a stall is due. `kNever` if it depends on a report.
  [[nodiscard]] Timestamp allowance_changes_at(Timestamp now);

  /// Returns true if an existing frame, made because another viewer had room, should be sent rather than dropped: if
  /// the window is not full, or the frame exceeds it by at most 300 ms.
  [[nodiscard]] bool admits(Timestamp now, DataSize size);

  /// Target for the encoder: video without any headers.
  [[nodiscard]] DataRate video_rate(Timestamp now);
  /// True if reports are overdue; frames are then sent only to probe the path.
  [[nodiscard]] bool is_stalled(Timestamp now) const { return mode(now) == Mode::stalled; }
  [[nodiscard]] DataRate pacing_rate() const;
  /// Rate of padding packets while reports are overdue. Zero otherwise.
  [[nodiscard]] DataRate padding_rate(Timestamp now) const;
  [[nodiscard]] DataRate estimate() const { return estimate_; }
  [[nodiscard]] Snapshot snapshot(Timestamp now);

 private:
  struct Digest;  ///< A summary of one report.

  [[nodiscard]] Digest digest(Timestamp now, std::span<const PacketReport> reports);
  void learn_rate(Timestamp now, const Digest& report);
  void learn_loss(Timestamp now, const Digest& report);
  void learn_spacing(Timestamp now);
  void bound_estimate();
  [[nodiscard]] DataSize window() const;
  [[nodiscard]] DataSize frame_due() const;
  enum class Mode {
    reported,     ///< Reports arrive as expected.
    no_feedback,  ///< On a new route, before its first report.
    stalled,      ///< Reports are overdue.
  };
  [[nodiscard]] Mode mode(Timestamp now) const;
  /// A silence beyond this time is a stall; `kNever` while no report is expected.
  [[nodiscard]] Timestamp stalls_after() const;
  /// In a stall: when the next picture probes the path.  @pre stalled
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
  DataRate peak_delivered_;  ///< The recent peak delivery rate; decays.
  Duration queueing_{};
  std::optional<Duration> round_trip_;
  Duration spacing_{100'000};  ///< Interval of reports; follows the longer ones.
  std::optional<Timestamp> reported_at_;
  Timestamp valid_from_ = Timestamp::min();  ///< Packets sent earlier do not describe this path.
  std::optional<Timestamp> no_feedback_until_;
  std::optional<Timestamp> waiting_since_;  ///< Since when packets are in flight without any report.
  DataSize typical_frame_;
  std::optional<Timestamp> tried_at_;  ///< When the last frame was sent in a stall.
  double loss_ = 0;
  std::optional<Timestamp> loss_cut_at_;
  std::int64_t stalls_ = 0;
  bool stalled_ = false;
  bool repairs_ = false;
};

}  // namespace rtcbot::congestion
