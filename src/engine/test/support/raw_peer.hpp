#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "peer_types.hpp"

namespace rtcbot::engine::testing {

/// A hostile peer: libwebrtc with one data channel "default". The test can send anything over its SCTP socket.
class RawPeer {
 public:
  RawPeer();
  ~RawPeer();
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  /// Sends an offer to `peer` and accepts its answer.
  Result<void> connect_to(Peer& peer);
  /// Sends any bytes with any payload protocol identifier on any stream. @returns whether SCTP accepted the message.
  bool send(std::uint16_t stream, std::uint32_t ppid, const std::string& bytes);
  void reset_stream(std::uint16_t stream);

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace rtcbot::engine::testing
