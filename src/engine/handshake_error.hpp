#pragma once

#include <api/peer_connection_interface.h>
#include <rtc_base/thread.h>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Makes a failed DTLS handshake safe for a new connection.
///
/// libwebrtc gives its handler of handshake errors a weak pointer to the connection. The handler checks it on the
/// network thread, which binds it to that thread; the connection's destructor invalidates it on the signalling thread,
/// and the check for one thread there ends the process. This function invalidates the weak pointer first, on the
/// network thread, so that the handler does nothing (it only counts) and the destructor has nothing to invalidate. The
/// state of the connection still becomes `kFailed`.
///
/// @pre `connection` was just made by libwebrtc's own factory; called on the signalling thread, before negotiation.
void ignore_handshake_errors(webrtc::PeerConnectionInterface& connection, rtc::Thread& network);

}  // namespace rtcbot::engine
