#pragma once

#include <pc/srtp_session.h>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Keeps libsrtp initialised while it lives. libwebrtc initialises it for each connection that is alone, which runs its
/// self-tests, 70 ms of every click to the first picture.  Made and destroyed on the network thread.
class ScopedSrtpInit {
 public:
  ScopedSrtpInit();

 private:
  cricket::SrtpSession session_;  ///< Never carries a packet; libwebrtc counts it as a user.
};

}  // namespace rtcbot::engine
