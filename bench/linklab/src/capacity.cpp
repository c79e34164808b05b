#include "rtcbot/linklab/capacity.hpp"

#include <algorithm>
#include <cmath>

namespace rtcbot::linklab {
namespace {

/// Without overflow: an outage without an end is one of `Duration::max()`.
Timestamp end_of(Timestamp from, Duration length) { return length > kNever - from ? kNever : from + length; }

}  // namespace

Capacity::Capacity(const LinkConfig& config, Timestamp start)
    : trace_(config.trace),
      by_trace_(config.trace.has_value()),
      rate_(config.rate),
      scale_(config.rate_scale),
      opportunity_(DataSize::bytes(std::llround(static_cast<double>(Trace::kOpportunity.bytes()) * config.rate_scale))),
      planned_steps_(config.steps),
      planned_outages_(config.outages) {
  start_ = start;
  next_step_ = planned_steps_.size();
  if (!config.plan_at_restart) plan(start);
  stretches_.push_back({start, by_trace_, start, scaled(rate_), false, {}});
  enter(start);
}

void Capacity::plan(Timestamp start) {
  start_ = start;
  next_step_ = 0;
  for (const auto& outage : planned_outages_) {
    const auto from = start + outage.from;
    outages_.push_back({from, end_of(from, outage.length), outage.queue});
  }
}

bool Capacity::is_out(Timestamp now) const {
  return std::any_of(outages_.begin(), outages_.end(),
                     [now](const Interval& o) { return o.from <= now && now < o.to; });
}

DataRate Capacity::rate() const {
  if (current().out) return {};
  return current().by_trace ? scaled(trace_->mean_rate()) : current().rate;
}

Timestamp Capacity::next_change(Timestamp now) const {
  Timestamp next = kNever;
  if (next_step_ < planned_steps_.size()) next = start_ + planned_steps_[next_step_].at;
  for (const auto& outage : outages_) {
    if (outage.from > now) next = std::min(next, outage.from);
    if (outage.to > now) next = std::min(next, outage.to);
  }
  return next;
}

std::optional<OutageQueue> Capacity::enter(Timestamp now) {
  Stretch next = current();
  while (next_step_ < planned_steps_.size() && start_ + planned_steps_[next_step_].at <= now) {
    next.rate = scaled(planned_steps_[next_step_++].rate);
    next.by_trace = false;
  }
  std::optional<OutageQueue> begun;
  for (const auto& outage : outages_) {
    if (outage.from == now && begun != OutageQueue::drop) begun = outage.queue;
  }
  std::erase_if(outages_, [now](const Interval& outage) { return outage.to <= now; });
  next.out = is_out(now);
  push(now, next);
  return begun;
}

void Capacity::push(Timestamp now, Stretch next) {
  if (next == current()) return;
  next.before = until(now);
  next.begin = now;
  if (current().begin == now) {
    stretches_.back() = next;
  } else {
    stretches_.push_back(next);
  }
}

Timestamp Capacity::next_opportunity(Timestamp now) const {
  const auto zero = current().trace_zero;
  return zero + trace_->next_after(now - zero);
}

DataSize Capacity::opportunities(Timestamp from, Timestamp to) const {
  const auto zero = current().trace_zero;
  return DataSize::bytes((trace_->count_until(to - zero) - trace_->count_until(from - zero)) * opportunity_.bytes());
}

DataSize Capacity::passes(const Stretch& stretch, Timestamp to) const {
  if (stretch.out || to <= stretch.begin) return {};
  if (!stretch.by_trace) return stretch.rate * (to - stretch.begin);
  const auto count =
      trace_->count_until(to - stretch.trace_zero) - trace_->count_until(stretch.begin - stretch.trace_zero);
  return DataSize::bytes(count * opportunity_.bytes());
}

DataSize Capacity::until(Timestamp to) const {
  auto after = std::upper_bound(stretches_.begin(), stretches_.end(), to,
                                [](Timestamp t, const Stretch& stretch) { return t < stretch.begin; });
  if (after == stretches_.begin()) return {};
  const auto& stretch = *--after;
  return stretch.before + passes(stretch, to);
}

void Capacity::set_rate(Timestamp now, DataRate rate) {
  planned_steps_.clear();
  next_step_ = 0;
  by_trace_ = false;
  rate_ = rate;
  Stretch next = current();
  next.by_trace = false;
  next.rate = scaled(rate);
  push(now, next);
}

void Capacity::begin_outage(Timestamp now, Duration length) {
  outages_.push_back({now, end_of(now, length), OutageQueue::hold});
  enter(now);
}

void Capacity::end_outage(Timestamp now) {
  std::erase_if(outages_, [now](const Interval& outage) { return outage.from <= now; });
  enter(now);
}

std::optional<OutageQueue> Capacity::restart(Timestamp now) {
  outages_.clear();
  plan(now);
  Stretch next = current();
  next.by_trace = by_trace_;
  next.trace_zero = now;
  next.rate = scaled(rate_);
  push(now, next);
  return enter(now);
}

}  // namespace rtcbot::linklab
