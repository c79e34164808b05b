#include "virtual_call.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>

#include "rtcbot/linklab/link.hpp"
#include "rtcbot/linklab/random.hpp"

namespace rtcbot::scenarios {

namespace {

using std::chrono::milliseconds;

constexpr Duration kTick = milliseconds(1);
constexpr Duration kFrameInterval{33'333};
constexpr std::int64_t kPayload = 1150;
constexpr std::int64_t kHeader = 60;
constexpr std::int64_t kSmallestFrame = 700;
/// libwebrtc's padding: 224 bytes in a packet that is no frame's.
constexpr std::int64_t kPadding = 224 + kHeader;
constexpr std::int64_t kNoFrame = -1;

class VirtualCall {
 public:
  explicit VirtualCall(const CallConfig& config)
      : config_(config), link_(config.up, kBegin), controller_(config.controller, config.limits), dice_(config.seed) {}

  CallResult run() {
    for (now_ = kBegin; now_ < kBegin + config_.length; now_ += kTick) {
      change_route();
      hear_reports();
      make_frame();
      encode();
      pace();
      pad();
      receive();
      write_down();
    }
    result_.capacity = link_.offered_capacity(kBegin, now_ - kTick);
    result_.length = config_.length;
    return std::move(result_);
  }

 private:
  static constexpr Timestamp kBegin = Timestamp(std::chrono::hours(1));
  static constexpr Duration kClocksApart = std::chrono::hours(9);

  struct Frame {
    Timestamp captured_at;
    Timestamp ready_at;
    std::int64_t left;  ///< Bytes not yet in the pacer, then packets not yet arrived.
    bool in_stall;
  };
  struct Packet {
    std::int64_t frame;
    DataSize size;
    Timestamp sent_at;
  };

  void change_route() {
    if (next_route_ >= config_.route_changes.size() || now_ < kBegin + config_.route_changes[next_route_]) return;
    ++next_route_;
    link_.begin_outage(now_, kTick, linklab::OutageQueue::drop);
    pacer_.clear();
    controller_.on_route_change(now_);
  }

  void hear_reports() {
    while (!reports_.empty() && reports_.front().first <= now_) {
      controller_.on_feedback(now_, reports_.front().second);
      reports_.pop_front();
    }
  }

  void make_frame() {
    if (now_ < next_frame_) return;
    next_frame_ += kFrameInterval;
    if (controller_.frame_allowance(now_) == DataSize()) return;
    const DataRate rate = std::min(controller_.video_rate(now_), config_.limits.most);
    // Sizes vary as an encoder's do, by about a sixth.
    const double noise = std::exp((static_cast<double>(dice_.between(-1000, 1000)) / 1000.0) * 0.28);
    const auto share = static_cast<double>((rate * kFrameInterval).bytes()) * config_.busy * noise;
    const std::int64_t size = std::max(static_cast<std::int64_t>(share), kSmallestFrame);
    controller_.on_frame(now_, DataSize::bytes(size));
    frames_[next_id_] = {now_, now_ + config_.encode_time, size, controller_.is_stalled(now_)};
    encoding_.push_back(next_id_++);
  }

  void encode() {
    while (!encoding_.empty() && frames_[encoding_.front()].ready_at <= now_) {
      Frame& frame = frames_[encoding_.front()];
      std::int64_t packets = 0;
      for (std::int64_t left = frame.left; left > 0; left -= kPayload, ++packets) {
        pacer_.push_back({encoding_.front(), DataSize::bytes(std::min(left, kPayload) + kHeader), {}});
      }
      frame.left = packets;
      encoding_.pop_front();
    }
  }

  void pace() {
    may_send_at_ = std::max(may_send_at_, now_ - milliseconds(5));
    while (!pacer_.empty() && may_send_at_ <= now_) {
      const Packet packet = pacer_.front();
      pacer_.pop_front();
      may_send_at_ += packet.size / controller_.pacing_rate();
      send(packet);
    }
  }

  /// Padding goes out at its rate while there is nothing else.
  void pad() {
    const DataRate rate = controller_.padding_rate(now_);
    if (rate <= DataRate() || !pacer_.empty() || now_ < may_pad_at_) return;
    may_pad_at_ = now_ + DataSize::bytes(kPadding) / rate;
    send({kNoFrame, DataSize::bytes(kPadding), {}});
  }

  void send(Packet packet) {
    packet.sent_at = now_;
    sent_[++sequence_] = packet;
    controller_.on_sent(now_, sequence_, packet.size);
    link_.offer(now_, packet.size, static_cast<std::uint64_t>(sequence_));
  }

  void receive() {
    for (const linklab::Delivery& delivery : link_.advance(now_)) {
      const auto sequence = static_cast<std::int64_t>(delivery.id);
      const Packet& packet = sent_[sequence];
      result_.delivered += packet.size;
      heard_[sequence] = delivery.at;
      if (packet.frame == kNoFrame) continue;
      Frame& frame = frames_[packet.frame];
      if (--frame.left == 0) result_.shown.push_back({since(frame.captured_at), since(delivery.at), frame.in_stall});
    }
    if (now_ < next_report_) return;
    next_report_ = now_ + config_.report_interval;
    if (!heard_.empty()) report();
  }

  /// All packets up to the newest that was heard: those in between that were not are lost.
  void report() {
    std::vector<congestion::PacketReport> report;
    const std::int64_t newest = heard_.rbegin()->first;
    for (auto sent = sent_.begin(); sent != sent_.end() && sent->first <= newest; sent = sent_.erase(sent)) {
      congestion::PacketReport packet{
          .sequence = sent->first, .sent_at = sent->second.sent_at, .size = sent->second.size};
      if (const auto found = heard_.find(sent->first); found != heard_.end()) {
        packet.received_at = found->second + kClocksApart;
      }
      report.push_back(packet);
    }
    heard_.clear();
    reports_.emplace_back(now_ + config_.return_delay, std::move(report));
  }

  void write_down() {
    result_.longest_queue = std::max(result_.longest_queue, link_.queued_bytes());
    if ((now_ - kBegin) % milliseconds(50) == Duration::zero()) {
      result_.estimates.emplace_back(since(now_), controller_.estimate());
    }
  }

  [[nodiscard]] static Timestamp since(Timestamp t) { return Timestamp(t - kBegin); }

  const CallConfig& config_;
  linklab::Link link_;
  congestion::PathController controller_;
  linklab::Random dice_;
  CallResult result_;
  Timestamp now_{};
  Timestamp next_frame_ = kBegin;
  Timestamp next_report_ = kBegin;
  Timestamp may_send_at_ = kBegin;
  Timestamp may_pad_at_ = kBegin;
  std::size_t next_route_ = 0;
  std::int64_t next_id_ = 0;
  std::int64_t sequence_ = 0;
  std::map<std::int64_t, Frame> frames_;
  std::deque<std::int64_t> encoding_;
  std::deque<Packet> pacer_;
  std::map<std::int64_t, Packet> sent_;
  std::map<std::int64_t, Timestamp> heard_;
  std::deque<std::pair<Timestamp, std::vector<congestion::PacketReport>>> reports_;
};

}  // namespace

double CallResult::use(DataRate cap) const {
  const DataSize most = std::min(capacity, cap * length);
  return static_cast<double>(delivered.bytes()) / static_cast<double>(most.bytes());
}

Duration CallResult::delay(double share, Duration from, Duration to) const {
  std::vector<Duration> delays;
  for (const Shown& frame : shown) {
    const Duration at = frame.captured_at.time_since_epoch();
    if (at >= from && at < to) delays.push_back(frame.delay());
  }
  if (delays.empty()) return Duration::max();
  std::sort(delays.begin(), delays.end());
  const auto index = static_cast<std::size_t>(share * static_cast<double>(delays.size()));
  return delays[std::min(index, delays.size() - 1)];
}

Duration CallResult::frozen() const {
  Duration sum{};
  Timestamp last{};
  for (const Shown& frame : shown) {
    if (frame.arrived_at - last > milliseconds(200)) sum += frame.arrived_at - last;
    last = frame.arrived_at;
  }
  return sum;
}

Duration CallResult::until_fresh_frame(Duration t) const {
  const auto fresh = std::find_if(shown.begin(), shown.end(),
                                  [t](const Shown& frame) { return frame.captured_at.time_since_epoch() >= t; });
  return fresh == shown.end() ? Duration::max() : fresh->arrived_at.time_since_epoch() - t;
}

Duration CallResult::until_estimate(Duration t, const std::function<bool(DataRate)>& is_there) const {
  const auto found = std::find_if(estimates.begin(), estimates.end(), [&](const auto& entry) {
    return entry.first.time_since_epoch() >= t && is_there(entry.second);
  });
  return found == estimates.end() ? Duration::max() : found->first.time_since_epoch() - t;
}

CallResult run_call(const CallConfig& config) { return VirtualCall(config).run(); }

}  // namespace rtcbot::scenarios
