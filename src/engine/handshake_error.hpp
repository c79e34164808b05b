#pragma once

#include <api/peer_connection_interface.h>
#include <rtc_base/thread.h>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Prevents a crash after a failed DTLS handshake of a new connection.
///
/// libwebrtc gives its handler of handshake errors a weak pointer to the connection. The handler checks it on the
/// network thread, which binds it to that thread. The connection's destructor invalidates it on the signalling thread,
/// and the thread check there ends the process. This function invalidates the weak pointer first, on the network
/// thread. Then the handler does nothing (it only counts), and the destructor has nothing to invalidate. The state of
/// the connection still becomes `kFailed`.
///
/// @pre `connection` was just created by libwebrtc's own factory; called on the signalling thread, before negotiation.
void ignore_handshake_errors(webrtc::PeerConnectionInterface& connection, rtc::Thread& network);

}  // namespace rtcbot::engine
