#include "handshake_error.hpp"

#include <pc/peer_connection.h>
#include <pc/peer_connection_proxy.h>

namespace rtcbot::engine {

namespace {

using WeakFactory = rtc::WeakPtrFactory<webrtc::PeerConnection>;

WeakFactory& weak_factory_of(webrtc::PeerConnection& connection);

/// Accesses a private member: an explicit instantiation may name it ([temp.spec.general]). libwebrtc has no public
/// access to that handler.
template <WeakFactory webrtc::PeerConnection::*Member>
struct Opened {
  friend WeakFactory& weak_factory_of(webrtc::PeerConnection& connection) { return connection.*Member; }
};
template struct Opened<&webrtc::PeerConnection::weak_factory_>;

}  // namespace

void ignore_handshake_errors(webrtc::PeerConnectionInterface& connection, rtc::Thread& network) {
  // The factory creates this proxy around this class.
  auto& proxy = static_cast<webrtc::PeerConnectionProxy&>(connection);
  auto& plain = static_cast<webrtc::PeerConnection&>(*proxy.internal());
  network.BlockingCall([&] { weak_factory_of(plain).InvalidateWeakPtrs(); });
}

}  // namespace rtcbot::engine
