#include "event_log.hpp"

#include <string>

namespace rtcbot {
namespace {

PeerLog::Parts event_parts(PeerLog::Parts parts) {
  parts.level = LogLevel::info;
  parts.room = "driving";
  parts.limits = {.rate = {.per_second = 0.5, .burst = 20}, .max_keys = 1'024};
  return parts;
}

std::string sentence(const safety::Event& event) {
  if (!event.viewer) return event.text;
  return "viewer " + std::to_string(event.viewer->value()) + ": " + event.text;
}

std::string key_of(const safety::Event& event) {
  const std::string who = event.cause ? std::to_string(event.cause->value()) : std::string("robot");
  return who + "/" + std::string(name_of(event.kind));
}

}  // namespace

EventLog::EventLog(const PeerLog::Parts& parts)
    : decisive_(std::make_shared<PeerLog>(event_parts(parts))),
      others_(std::make_shared<PeerLog>(event_parts(parts))) {}

void EventLog::write(const safety::Event& event) {
  const auto& log = event.is_decisive() ? decisive_ : others_;
  log->write(key_of(event), {LogLevel::info, "driving", sentence(event)});
}

}  // namespace rtcbot
