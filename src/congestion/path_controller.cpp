#include "rtcbot/congestion/path_controller.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "rtcbot/congestion/repair.hpp"
#include "seconds.hpp"

namespace rtcbot::congestion {

namespace {

using std::chrono::milliseconds;

/// A report that is overdue by this time, beyond the round trip and the usual interval, means a stall.
constexpr Duration kPatience = milliseconds(150);
/// In a stall padding probes the path: a packet of 224 bytes every 0.2 s, later every 0.7 s. Only a report can show
/// that the link is back, and a picture would arrive late.
constexpr DataRate kPadding = DataRate::kilobits_per_second(10);
constexpr DataRate kPaddingLater = DataRate::kilobits_per_second(3);
/// Interval of small pictures in a stall: perhaps only the reports are lost.
constexpr Duration kPictureEvery = milliseconds(1000);
constexpr Duration kPictureEveryLater = milliseconds(2000);
constexpr Duration kLater = std::chrono::seconds(5);
constexpr Duration kMaxBlind = std::chrono::seconds(3);
constexpr double kBlindShare = 0.5;
/// Round trip assumed before the first measurement.
constexpr Duration kGuessedRoundTrip = milliseconds(100);
constexpr Duration kMaxSpacing = milliseconds(250);
constexpr Duration kMinSpacing = milliseconds(20);
/// IPv4, UDP, SRTP tag, RTP with extensions: about 60 bytes per 1150 bytes of video.
constexpr double kHeaders = 1.055;
/// Above this loss the link counts as too small for the rate; below `kLittleLoss` it is noise of the radio (like the
/// loss-based part of GCC, draft-ietf-rmcat-gcc-02 section 6).
constexpr double kMuchLoss = 0.10;
constexpr double kLittleLoss = 0.03;
constexpr double kProvenFade = 0.25;  ///< Per second.

DataRate between(DataRate low, DataRate rate, DataRate high) { return std::max(low, std::min(rate, high)); }

}  // namespace

struct PathController::Digest {
  int received = 0;
  int lost = 0;
  Duration shortest_queue = Duration::max();
  Duration longest_queue{};
};

PathController::PathController(Config config, Limits limits)
    : config_(config),
      limits_(limits),
      base_(config.base_span),
      delivery_(config.delivery),
      fades_(config.fades),
      estimate_(limits.start) {}

void PathController::set_limits(Limits limits) {
  limits_ = limits;
  bound_estimate();
}

void PathController::on_sent(Timestamp now, std::int64_t sequence, DataSize size) {
  in_flight_.on_sent(sequence, size);
  if (!waiting_since_) waiting_since_ = now;
}

void PathController::on_frame(Timestamp now, DataSize size) {
  in_flight_.on_frame(now, size);
  typical_frame_ += DataSize::bytes((size - typical_frame_).bytes() / 8);
  if (is_stalled(now)) tried_at_ = now;
}

PathController::Digest PathController::digest(Timestamp now, std::span<const PacketReport> reports) {
  Digest report;
  for (const PacketReport& packet : reports) {
    in_flight_.on_reported(packet.sequence);
    if (!packet.received_at) {
      report.lost += packet.sent_at < valid_from_ ? 0 : 1;
      continue;
    }
    if (packet.sent_at < valid_from_) continue;  // Sent on another route.
    ++report.received;
    no_feedback_until_.reset();
    delivery_.add(*packet.received_at, packet.size);
    const Duration queueing = base_.queueing(now, *packet.received_at - packet.sent_at);
    queueing_ = queueing;
    report.shortest_queue = std::min(report.shortest_queue, queueing);
    report.longest_queue = std::max(report.longest_queue, queueing);
    const Duration trip = std::max(now - packet.sent_at - queueing, Duration(1000));
    round_trip_ = round_trip_ ? std::min(*round_trip_ + Duration(20), trip) : trip;  // Rises slowly.
  }
  return report;
}

void PathController::on_feedback(Timestamp now, std::span<const PacketReport> reports) {
  if (reports.empty()) return;
  learn_spacing(now);
  const bool was_stalled = std::exchange(stalled_, false);
  const Digest report = digest(now, reports);
  waiting_since_ = in_flight_.has_packets() ? std::optional(now) : std::nullopt;
  tried_at_.reset();
  // The first report after a stall shows the stall's delays and losses, not the rate.
  if (!was_stalled && report.received + report.lost > 0) learn_loss(now, report);
  if (!was_stalled && report.received > 0) learn_rate(now, report);
  reported_at_ = now;
}

void PathController::learn_spacing(Timestamp now) {
  if (!reported_at_) return;
  const Duration spacing = std::clamp(now - *reported_at_, kMinSpacing, kMaxSpacing);
  spacing_ = spacing > spacing_ ? spacing_ + (spacing - spacing_) / 4 : spacing_ - (spacing_ - spacing) / 16;
}

void PathController::learn_rate(Timestamp now, const Digest& report) {
  delivered_ = delivery_.rate();
  const Duration since_last = reported_at_ ? std::min(now - *reported_at_, kMaxSpacing) : Duration::zero();
  const double elapsed = seconds(since_last);
  // A window that is not full shows too low a rate: it can raise the estimate but not lower it.
  const bool is_busy = report.shortest_queue > config_.busy_queue && delivery_.is_full();
  fades_.on_report(since_last, delivered_, is_busy);
  peak_delivered_ = std::max(peak_delivered_ * (1 - kProvenFade * elapsed), delivered_);
  if (delivered_ > estimate_) {
    estimate_ = delivered_;
  } else if (is_busy) {
    const auto gap = static_cast<double>(estimate_.bits_per_second() - delivered_.bits_per_second());
    estimate_ =
        DataRate::bits_per_second(estimate_.bits_per_second() - static_cast<std::int64_t>(gap * config_.decline));
  } else if (report.longest_queue < config_.calm_queue && loss_ < kLittleLoss) {
    // Growth is limited to tested rates: a static picture, which needs little, must not raise the estimate.
    const DataRate grown = estimate_ * (1 + config_.growth * elapsed);
    estimate_ = std::max(estimate_, std::min(grown, peak_delivered_ * config_.max_probe_factor));
  }
  bound_estimate();
}

void PathController::learn_loss(Timestamp now, const Digest& report) {
  const int packets = report.received + report.lost;
  const double share = static_cast<double>(report.lost) / packets;
  loss_ += (share - loss_) * std::min(1.0, packets / 50.0);
  if (loss_ < kMuchLoss) return;
  const Duration pause = round_trip_.value_or(kGuessedRoundTrip) + milliseconds(200);
  if (loss_cut_at_ && now - *loss_cut_at_ < pause) return;
  loss_cut_at_ = now;
  estimate_ = estimate_ * (1 - loss_ / 2);
  bound_estimate();
}

void PathController::bound_estimate() { estimate_ = between(limits_.least, estimate_, limits_.most * kHeaders); }

void PathController::on_route_change(Timestamp now) {
  base_.reset();
  round_trip_.reset();
  fades_ = FadeMargin(config_.fades);
  on_resume(now);
}

void PathController::on_resume(Timestamp now) {
  valid_from_ = now;
  // At the start of a connection nothing is known, and the window limits the rate.
  if (reported_at_ || no_feedback_until_) no_feedback_until_ = now + kMaxBlind;
  in_flight_.clear();
  delivery_.reset();
  queueing_ = Duration::zero();
  waiting_since_.reset();
  reported_at_.reset();
  tried_at_.reset();
  stalled_ = false;
}

DataSize PathController::window() const {
  return estimate_ * (round_trip_.value_or(kGuessedRoundTrip) + spacing_ + config_.queue_target) + config_.queue_floor;
}

DataSize PathController::frame_due() const {
  return DataSize::bytes(static_cast<std::int64_t>(static_cast<double>(estimate_.bits_per_second()) *
                                                   config_.frame_share / 8 / config_.frame_rate));
}

PathController::Mode PathController::mode(Timestamp now) const {
  if (no_feedback_until_ && now < *no_feedback_until_) return Mode::no_feedback;
  return now > stalls_after() ? Mode::stalled : Mode::reported;
}

Timestamp PathController::stalls_after() const {
  if (!waiting_since_) return kNever;
  return *waiting_since_ + round_trip_.value_or(kGuessedRoundTrip) + spacing_ + kPatience;
}

Timestamp PathController::next_try_at(Timestamp now) const {
  const Duration pause = now - *waiting_since_ > kLater ? kPictureEveryLater : kPictureEvery;
  return std::max(tried_at_.value_or(*waiting_since_), *waiting_since_) + pause;
}

DataSize PathController::frame_allowance(Timestamp now) {
  const DataSize due = frame_due();
  const Mode mode_now = mode(now);
  if (mode_now == Mode::no_feedback) {
    return DataSize::bytes(static_cast<std::int64_t>(static_cast<double>(due.bytes()) * kBlindShare));
  }
  if (mode_now == Mode::stalled) {
    if (!std::exchange(stalled_, true)) ++stalls_;
    if (now < next_try_at(now)) return DataSize();
    return limits_.least * Duration(static_cast<std::int64_t>(1e6 / config_.frame_rate));
  }
  const double stretch = queueing_ > config_.busy_queue ? 1.0 : config_.frame_stretch;
  const DataSize room = window() - in_flight_.size(now);
  const DataSize most = DataSize::bytes(static_cast<std::int64_t>(static_cast<double>(due.bytes()) * stretch));
  // At a low frame rate a frame is larger than its due size. The bound prevents old, larger sizes from blocking a
  // smaller window.
  const DataSize expected = std::clamp(typical_frame_, due, due + due + due);
  const auto least = static_cast<std::int64_t>(static_cast<double>(expected.bytes()) * config_.min_frame);
  return room.bytes() < least ? DataSize() : std::min(room, most);
}

Timestamp PathController::allowance_changes_at(Timestamp now) {
  const bool is_open = frame_allowance(now) > DataSize();
  const Timestamp stall = stalls_after();
  const Timestamp stalled_from = stall == kNever ? kNever : stall + Duration(1);
  switch (mode(now)) {
    case Mode::reported: return is_open ? stalled_from : kNever;
    case Mode::no_feedback: return stalled_from == kNever ? kNever : std::max(*no_feedback_until_, stalled_from);
    case Mode::stalled: return is_open ? kNever : next_try_at(now);
  }
  return kNever;
}

bool PathController::admits(Timestamp now, DataSize size) {
  const Mode mode_now = mode(now);
  if (mode_now == Mode::no_feedback) return true;
  if (mode_now == Mode::stalled) return frame_allowance(now) > DataSize();
  const DataSize spare = estimate_ * Duration(300'000);
  const DataSize in_flight = in_flight_.size(now);
  // A single large frame is sent if the window has room: it may be a key frame, which all later frames need.
  return in_flight < window() || in_flight + size <= window() + spare;
}

double PathController::overhead() const {
  if (!repairs_) return kHeaders;
  const Duration round_trip = round_trip_.value_or(Duration::zero()) + queueing_;
  return kHeaders * (1 + protection_for(loss_, round_trip).delta_frames);
}

DataRate PathController::video_rate(Timestamp now) {
  const Mode mode_now = mode(now);
  if (mode_now == Mode::stalled) return limits_.least;
  const double share = mode_now == Mode::no_feedback ? kBlindShare : 1.0;
  const DataRate rate = estimate_ * (share * config_.frame_share / overhead());
  return between(limits_.least, std::min(rate, fades_.limit(config_.frame_rate)), limits_.most);
}

DataRate PathController::padding_rate(Timestamp now) const {
  if (mode(now) != Mode::stalled) return DataRate();
  return now - *waiting_since_ > kLater ? kPaddingLater : kPadding;
}

DataRate PathController::pacing_rate() const {
  return std::max(estimate_, DataRate::kilobits_per_second(500)) * config_.pacing;
}

PathController::Snapshot PathController::snapshot(Timestamp now) {
  return {.estimate = estimate_,
          .delivered = delivered_,
          .queueing = queueing_,
          .round_trip = round_trip_.value_or(Duration::zero()),
          .in_flight = in_flight_.size(now),
          .window = window(),
          .loss = loss_,
          .stalls = stalls_,
          .pacing = pacing_rate(),
          .padding = padding_rate(now)};
}

}  // namespace rtcbot::congestion
