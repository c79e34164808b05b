#include "rtcbot/peer/peer.hpp"

namespace rtcbot::peer {

std::string_view name_of(State state) {
  switch (state) {
    case State::connecting: return "connecting";
    case State::connected: return "connected";
    case State::interrupted: return "interrupted";
    case State::failed: return "failed";
    case State::closed: return "closed";
  }
  return "unknown";
}

}  // namespace rtcbot::peer
