#pragma once

#include <pc/srtp_session.h>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Keeps libsrtp initialised. Otherwise libwebrtc initialises it for each connection that is the only one, and its
/// self-tests add 70 ms to the time until the first picture.  Created and destroyed on the network thread.
class ScopedSrtpInit {
 public:
  ScopedSrtpInit();

 private:
  cricket::SrtpSession session_;  ///< Never carries a packet; libwebrtc counts it as a user.
};

}  // namespace rtcbot::engine
