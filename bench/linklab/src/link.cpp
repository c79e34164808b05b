#include "rtcbot/linklab/link.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::linklab {
namespace {

/// A rate of n bits per second serves n of them each microsecond.
constexpr std::int64_t kMicrobitsPerByte = 8'000'000;

/// So that asking for reordering does not change which packets are lost.
constexpr std::uint64_t kOrderDice = 0x6f72646572ULL;

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return a <= 0 ? 0 : (a - 1) / b + 1; }

LinkConfig without_trace(LinkConfig config) {
  config.trace.reset();
  return config;
}

}  // namespace

Link::Link(const LinkConfig& config, Timestamp start)
    : config_(without_trace(config)), capacity_(config, start), clock_(start) {
  roll();
}

void Link::roll() {
  loss_dice_ = Random(config_.seed);
  order_dice_ = Random(config_.seed ^ kOrderDice);
  in_bad_state_ = false;
}

bool Link::is_lost() {
  const auto& loss = config_.loss;
  const bool lost = loss_dice_.chance(in_bad_state_ ? loss.loss_in_bad : loss.loss_in_good);
  if (loss_dice_.chance(in_bad_state_ ? loss.bad_to_good : loss.good_to_bad)) in_bad_state_ = !in_bad_state_;
  return lost;
}

Offered Link::offer(Timestamp now, DataSize size, std::uint64_t id) {
  serve_to(now);
  counters_.offered.add(size);
  // Thrown for each packet, also for those that find no room: what is lost depends on the seed alone.
  if (is_lost()) {
    counters_.lost.add(size);
    return Offered::lost;
  }
  if (queued_ + size > config_.queue_limit) {
    counters_.dropped.add(size);
    return Offered::dropped;
  }
  queue_.push_back({id, size, clock_});
  queued_ += size;
  if (queue_.size() == 1) load_head();
  return Offered::queued;
}

void Link::load_head() { head_left_ = queue_.empty() ? 0 : queue_.front().size.bytes() * kMicrobitsPerByte; }

void Link::serve_to(Timestamp now) {
  while (clock_ < now) {
    const auto change = capacity_.next_change(clock_);
    const auto end = std::min(now, change);
    const auto& stretch = capacity_.current();
    if (!stretch.out && stretch.by_trace) serve_by_trace(end);
    if (!stretch.out && !stretch.by_trace) serve_by_rate(end);
    clock_ = end;
    if (end == change && capacity_.enter(end) == OutageQueue::drop) flush();
  }
}

void Link::serve_by_rate(Timestamp end) {
  const auto rate = capacity_.current().rate.bits_per_second();
  if (rate == 0) return;
  while (!queue_.empty()) {
    const Duration need(divide_up(head_left_, rate));
    if (need > end - clock_) {
      head_left_ -= rate * (end - clock_).count();
      return;
    }
    const auto left_over = rate * need.count() - head_left_;
    clock_ += need;
    depart(clock_);
    if (!queue_.empty()) head_left_ -= left_over;
  }
}

void Link::serve_by_trace(Timestamp end) {
  while (!queue_.empty()) {
    const auto at = capacity_.next_opportunity(clock_);
    if (at > end) return;
    auto budget = capacity_.opportunities(clock_, at).bytes() * kMicrobitsPerByte;
    clock_ = at;
    while (budget > 0 && !queue_.empty()) {
      const auto used = std::min(budget, head_left_);
      budget -= used;
      head_left_ -= used;
      if (head_left_ == 0) depart(at);
    }
  }
}

void Link::depart(Timestamp at) {
  const auto packet = queue_.front();
  queue_.pop_front();
  queued_ -= packet.size;
  auto arrival = at + config_.delay;
  if (order_dice_.chance(config_.reordering.probability)) {
    arrival += config_.reordering.extra_delay;
    ++counters_.held_back;
  }
  on_the_way_.push({{packet.id, packet.size, arrival, at - packet.offered_at}, departures_++});
  load_head();
}

void Link::flush() {
  for (const auto& packet : queue_) {
    counters_.flushed.add(packet.size);
    flushed_.push_back(packet.id);
  }
  queue_.clear();
  queued_ = DataSize();
  load_head();
}

std::vector<Delivery> Link::advance(Timestamp now) {
  serve_to(now);
  std::vector<Delivery> arrived;
  while (!on_the_way_.empty() && on_the_way_.top().delivery.at <= clock_) {
    arrived.push_back(on_the_way_.top().delivery);
    counters_.delivered.add(arrived.back().size);
    on_the_way_.pop();
  }
  return arrived;
}

std::optional<Timestamp> Link::next_service() const {
  if (queue_.empty()) return std::nullopt;
  const auto& stretch = capacity_.current();
  auto next = capacity_.next_change(clock_);
  if (!stretch.out && stretch.by_trace) next = std::min(next, capacity_.next_opportunity(clock_));
  if (!stretch.out && !stretch.by_trace && stretch.rate > DataRate()) {
    // A head that the last one's rest has served already leaves at once, thus never alone: at least a microsecond.
    const Duration need(std::max<std::int64_t>(divide_up(head_left_, stretch.rate.bits_per_second()), 1));
    next = std::min(next, clock_ + need);
  }
  if (next == kNever) return std::nullopt;
  return next;
}

std::optional<Timestamp> Link::next_event() const {
  const auto service = next_service();
  if (on_the_way_.empty()) return service;
  const auto arrival = on_the_way_.top().delivery.at;
  return service ? std::min(*service, arrival) : arrival;
}

std::vector<std::uint64_t> Link::take_flushed() { return std::exchange(flushed_, {}); }

DataRate Link::rate() const { return capacity_.rate(); }

void Link::set_rate(Timestamp now, DataRate rate) {
  serve_to(now);
  capacity_.set_rate(clock_, rate);
}

void Link::begin_outage(Timestamp now, Duration length, OutageQueue queue) {
  serve_to(now);
  capacity_.begin_outage(clock_, length);
  if (queue == OutageQueue::drop) flush();
}

void Link::end_outage(Timestamp now) {
  serve_to(now);
  capacity_.end_outage(clock_);
}

void Link::restart(Timestamp now) {
  serve_to(now);
  if (capacity_.restart(clock_) == OutageQueue::drop) flush();
  roll();
}

}  // namespace rtcbot::linklab
