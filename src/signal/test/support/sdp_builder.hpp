#pragma once

#include <string>
#include <string_view>

namespace rtcbot::signal::testing {

/// Returns the smallest description that `check_sdp` accepts. `mark` is its session name, to identify it in tests.
/// @pre `mark` has no control characters.
inline std::string make_sdp(std::string_view mark, std::string_view setup = "actpass") {
  std::string sdp = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=";
  sdp.append(mark).append("\r\nt=0 0\r\na=group:BUNDLE 0\r\n");
  sdp += "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sctp-port:5000\r\n";
  sdp += "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 00:11\r\na=setup:";
  return sdp.append(setup).append("\r\n");
}

}  // namespace rtcbot::signal::testing
