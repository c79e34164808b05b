#include "direction.hpp"

#include <chrono>
#include <utility>

namespace rtcbot::linklab {
namespace {

LinkCounters::Count difference(LinkCounters::Count a, const LinkCounters::Count& b) {
  return {a.packets - b.packets, a.size - b.size};
}

const char* event_of(Offered offered) {
  switch (offered) {
    case Offered::queued: return "i";
    case Offered::dropped: return "q";
    case Offered::lost: return "l";
  }
  return "";
}

}  // namespace

Direction::Direction(char name, const LinkConfig& config, EventLog& log, Deliver deliver)
    : name_(name), link_(config), log_(log), deliver_(std::move(deliver)) {}

void Direction::offer(Timestamp now, std::span<const std::uint8_t> bytes) {
  if (free_ids_.empty()) {
    free_ids_.push_back(packets_.size());
    packets_.emplace_back();
  }
  const auto id = free_ids_.back();
  free_ids_.pop_back();
  const auto size = DataSize::bytes(static_cast<std::int64_t>(bytes.size()));
  const auto offered = link_.offer(now, size, id);
  drop_flushed(now);
  log_.write(now, name_, event_of(offered), size.bytes());
  if (offered == Offered::queued) {
    packet(id).assign(bytes.begin(), bytes.end());
  } else {
    free_ids_.push_back(id);
  }
}

void Direction::advance(Timestamp now) {
  for (const auto& delivery : link_.advance(now)) {
    if (!deliver_(packet(delivery.id))) ++refused_;
    free_ids_.push_back(delivery.id);
    queued_for_.add(delivery.queued_for);
    late_.add(now - delivery.at);
    log_.write(delivery.at, name_, "o", delivery.size.bytes(), delivery.queued_for);
  }
  drop_flushed(now);
}

void Direction::drop_flushed(Timestamp now) {
  for (const auto id : link_.take_flushed()) {
    log_.write(now, name_, "f", static_cast<std::int64_t>(packet(id).size()));
    free_ids_.push_back(id);
  }
}

void Direction::set_rate(Timestamp now, DataRate rate) {
  link_.set_rate(now, rate);
  log_.write(now, name_, "rate", rate.bits_per_second());
}

void Direction::begin_outage(Timestamp now, Duration length, OutageQueue queue) {
  log_.write(now, name_, "outage", length.count());
  link_.begin_outage(now, length, queue);
  drop_flushed(now);
}

void Direction::end_outage(Timestamp now) {
  link_.end_outage(now);
  log_.write(now, name_, "end", 0);
}

void Direction::restart(Timestamp now) {
  advance(now);
  link_.restart(now);
  drop_flushed(now);
  start_ = now;
  at_start_ = link_.counters();
  queued_for_.clear();
  late_.clear();
}

Direction::Stats Direction::stats(Timestamp now) const {
  const auto& c = link_.counters();
  Stats s;
  s.since_start = {difference(c.offered, at_start_.offered),     difference(c.lost, at_start_.lost),
                   difference(c.dropped, at_start_.dropped),     difference(c.flushed, at_start_.flushed),
                   difference(c.delivered, at_start_.delivered), c.held_back - at_start_.held_back};
  s.capacity = link_.offered_capacity(start_, now);
  s.queued = link_.queued_bytes();
  s.rate = link_.rate();
  s.out = link_.is_out();
  s.queued_p50 = queued_for_.quantile(0.5);
  s.queued_p95 = queued_for_.quantile(0.95);
  s.queued_max = queued_for_.longest();
  s.late_p50 = late_.quantile(0.5);
  s.late_p95 = late_.quantile(0.95);
  s.late_max = late_.longest();
  s.refused = refused_;
  return s;
}

}  // namespace rtcbot::linklab
