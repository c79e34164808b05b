#pragma once

#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"
#include "rtcbot/signal/limits.hpp"

namespace rtcbot::signal {

/// The gate through which every session description from outside passes before a WebRTC engine sees it.
///
/// Checks form (RFC 8866 section 5: `x=value` lines, the first `v=0`, no control characters), bounds, and that what
/// every WebRTC peer must say is there: an m= line, ice-ufrag, ice-pwd, fingerprint and setup, at session or media
/// level (RFC 8829 section 5.2), and a BUNDLE group that names existing mids alone (RFC 9143). What a line means is
/// left to the engine, except where libwebrtc does not refuse but ends the program: long names, overflowing numbers
/// and `a=setup:holdconn` stop here. Legacy data channels (`m=application 9 DTLS/SCTP 5000` with sctpmap) pass.
///
/// Returns the description with CRLF line ends, without `.local` candidates if `limits` says so. Pure; never throws.
/// Errors: too_large; bad_message, with a sentence that names the line.
[[nodiscard]] Result<std::string> check_sdp(std::string_view sdp, const Limits& limits = {});

}  // namespace rtcbot::signal
