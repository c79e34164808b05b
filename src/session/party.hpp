#pragma once

#include <string>
#include <string_view>

#include "rtcbot/signal/message.hpp"

namespace rtcbot::session {

/// Names whoever sent an offer, so that they are known when they come again: by their credential, otherwise by the
/// fingerprints of their DTLS certificates (RFC 8122), which nobody else can complete a connection with. A page keeps
/// its certificate as long as it is open.
///
/// All different fingerprints count: an offer that holds somebody else's beside its own is somebody new. Empty: there
/// is neither.
[[nodiscard]] std::string party_of(const signal::Right& right, std::string_view sdp);

}  // namespace rtcbot::session
