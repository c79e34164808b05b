#pragma once

#include <string>
#include <string_view>

#include "rtcbot/signal/message.hpp"

namespace rtcbot::session {

/// Returns an identifier of the sender of an offer, to recognise it in later offers: its credential, or otherwise the
/// fingerprints of its DTLS certificates (RFC 8122). Nobody else can connect with these, and a page keeps its
/// certificate while it is open.
///
/// All distinct fingerprints count, up to four: an offer that adds another sender's fingerprint gets a new identifier.
/// Empty: the offer has neither.
[[nodiscard]] std::string party_of(const signal::Permissions& permissions, std::string_view sdp);

}  // namespace rtcbot::session
