#include "rtcbot/access/ended_sessions.hpp"

namespace rtcbot::access {

bool EndedSessions::add(std::string session, UnixTime until, UnixTime now) {
  while (!by_time_.empty() && by_time_.begin()->first <= now) erase_first();
  if (until <= now || until_.contains(session)) return false;
  by_time_.emplace(until, session);
  until_.emplace(std::move(session), until);
  if (until_.size() > max_) erase_first();
  return true;
}

void EndedSessions::erase_first() {
  until_.erase(by_time_.begin()->second);
  by_time_.erase(by_time_.begin());
}

}  // namespace rtcbot::access
