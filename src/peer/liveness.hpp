#pragma once

#include <api/dtls_transport_interface.h>
#include <api/ice_transport_interface.h>

#include <functional>
#include <memory>

#include "webrtc_build.hpp"

namespace rtcbot::peer {

/// Makes ICE transports that tell, on the network thread, when packets cease to come and when they come again. The
/// states of libwebrtc's connection tell it only after all connectivity checks have timed out, which is too late.
[[nodiscard]] std::unique_ptr<webrtc::IceTransportFactory> make_watched_ice_transport_factory(
    std::function<void(bool receiving)> on_change);

/// Tells when the other side ends the DTLS session, which is what a browser's `pc.close()` does. libwebrtc's connection
/// stays "connected" then.  All functions and the call-back: on the network thread.
class DtlsWatch : public webrtc::DtlsTransportObserverInterface {
 public:
  DtlsWatch(rtc::scoped_refptr<webrtc::DtlsTransportInterface> transport, std::function<void()> on_closed);
  virtual ~DtlsWatch();
  DtlsWatch(const DtlsWatch&) = delete;
  DtlsWatch& operator=(const DtlsWatch&) = delete;

  void OnStateChange(webrtc::DtlsTransportInformation info) override;
  void OnError(webrtc::RTCError) override {}

 private:
  const rtc::scoped_refptr<webrtc::DtlsTransportInterface> transport_;
  const std::function<void()> on_closed_;
};

}  // namespace rtcbot::peer
