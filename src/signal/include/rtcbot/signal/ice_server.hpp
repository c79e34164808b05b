#pragma once

#include <string>
#include <vector>

namespace rtcbot::signal {

/// A STUN or TURN server (RFC 7064, RFC 7065), like the browser's RTCIceServer.
struct IceServer {
  std::vector<std::string> urls{};  ///< "stun:host:port", "turn:host:port?transport=udp", "turns:…".
  std::string username{};
  std::string credential{};
  friend bool operator==(const IceServer&, const IceServer&) = default;
};

}  // namespace rtcbot::signal
