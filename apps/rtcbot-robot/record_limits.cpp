#include "rtcbot-robot/record_limits.hpp"

#include <utility>

namespace rtcbot::app {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMaxKeys = 1'024;
/// For one viewer and one kind of event.
constexpr LogRateLimiter::Config kEventLimits{.rate = {.per_second = 0.5, .burst = 20}, .max_keys = kMaxKeys};
/// For one driver: the sieve passes ten a second while the controls move, and each change of the verdict.
constexpr LogRateLimiter::Config kCommandLimits{.rate = {.per_second = 12, .burst = 40}, .max_keys = kMaxKeys};
/// For one room and level; lines that viewers cause are limited for each of them where they are logged.
constexpr LogRateLimiter::Config kLineLimits{.rate = {.per_second = 2, .burst = 200}};
/// A page sends 50 commands a second, and each may change the output.
constexpr LogRateLimiter::Config kMoveLimits{.rate = {.per_second = 55, .burst = 100}};
/// For each reason.
constexpr LogRateLimiter::Config kStopLimits{.rate = {.per_second = 2, .burst = 20}};

std::string key_of(const safety::Event& event) {
  const std::string who = event.cause ? "viewer " + std::to_string(event.cause->value()) : std::string("robot");
  return who + ", " + std::string(name_of(event.kind));
}

}  // namespace

bool CommandSieve::is_news(Timestamp now, const safety::CommandRecord& command) const {
  const bool is_other = !last_ || last_->driver != command.driver || last_->disposition != command.disposition ||
                        last_->controls.is_neutral() != command.controls.is_neutral();
  const bool has_changed = last_ && last_->controls != command.controls;
  return is_other || now - at_ >= (has_changed ? kMovingEvery : kStillEvery);
}

void CommandSieve::recorded(Timestamp now, const safety::CommandRecord& command) {
  last_ = command;
  at_ = now;
}

OutputSieve::OutputSieve() : moves_(kMoveLimits), stops_(kStopLimits) {}

bool OutputSieve::passes(Timestamp now, const safety::Output& output) {
  if (last_ == output && now < due_) return false;
  const auto why = output.moving() ? std::string_view("moves") : name_of(output.why);
  if (!limiter_for(output).allow(now, why, why)) return false;
  last_ = output;
  due_ = now + seconds(1);
  return true;
}

std::optional<LogRateLimiter::Summary> OutputSieve::poll_summary(Timestamp now) {
  auto summary = stops_.poll_summary(now);
  return summary ? summary : moves_.poll_summary(now);
}

RecordLimits::RecordLimits()
    : decisive_{"event", LogRateLimiter(kEventLimits)},
      events_{"event", LogRateLimiter(kEventLimits)},
      commands_{"command", LogRateLimiter(kCommandLimits)},
      lines_{"log", LogRateLimiter(kLineLimits)} {}

bool RecordLimits::allow(Timestamp now, const safety::Event& event) {
  const std::lock_guard lock(mutex_);
  return (event.is_decisive() ? decisive_ : events_).limiter.allow(now, key_of(event), event.text);
}

bool RecordLimits::allow(Timestamp now, const safety::CommandRecord& command) {
  const std::lock_guard lock(mutex_);
  if (!sieve_.is_news(now, command)) return false;
  const std::string driver = "viewer " + std::to_string(command.driver.value());
  if (!commands_.limiter.allow(now, driver, name_of(command.disposition))) return false;
  sieve_.recorded(now, command);
  return true;
}

bool RecordLimits::allow_line(Timestamp now, std::string_view key, std::string_view message) {
  const std::lock_guard lock(mutex_);
  return lines_.limiter.allow(now, key, message);
}

void RecordLimits::report(Timestamp now,
                          const std::function<void(std::string_view type, const LogRateLimiter::Summary&)>& record) {
  const std::lock_guard lock(mutex_);
  for (Kind* kind : {&decisive_, &events_, &commands_, &lines_}) {
    while (const auto summary = kind->limiter.poll_summary(now)) record(kind->type, *summary);
  }
}

std::int64_t RecordLimits::suppressed() const {
  const std::lock_guard lock(mutex_);
  return decisive_.limiter.suppressed() + events_.limiter.suppressed() + commands_.limiter.suppressed() +
         lines_.limiter.suppressed();
}

}  // namespace rtcbot::app
