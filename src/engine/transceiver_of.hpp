#pragma once

#include <api/peer_connection_interface.h>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// The transceiver of a sender; null if the connection has none for it.
inline rtc::scoped_refptr<webrtc::RtpTransceiverInterface> transceiver_of(
    const webrtc::PeerConnectionInterface& connection, const webrtc::RtpSenderInterface& sender) {
  for (const auto& transceiver : connection.GetTransceivers()) {
    if (transceiver->sender().get() == &sender) return transceiver;
  }
  return nullptr;
}

}  // namespace rtcbot::engine
