#pragma once

#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"
#include "rtcbot/signal/limits.hpp"

namespace rtcbot::signal {

/// Checks every session description from outside before a WebRTC engine receives it.
///
/// Checks the form (RFC 8866 section 5: `x=value` lines, the first `v=0`, no control characters), the limits, and the
/// lines that every WebRTC peer must send: an m= line, ice-ufrag, ice-pwd, fingerprint and setup, at session or media
/// level (RFC 8829 section 5.2), and a BUNDLE group that names existing mids only (RFC 9143). The engine interprets the
/// lines, except those on which libwebrtc aborts: this function rejects long names, overflowing numbers and
/// `a=setup:holdconn`. Legacy data channels (`m=application 9 DTLS/SCTP 5000` with sctpmap) pass.
///
/// Returns the description with CRLF line ends, without `.local` candidates if `limits` strips them. Pure; never
/// throws.
/// Errors: too_large; bad_message, with a sentence that names the line.
[[nodiscard]] Result<std::string> check_sdp(std::string_view sdp, const Limits& limits = {});

}  // namespace rtcbot::signal
