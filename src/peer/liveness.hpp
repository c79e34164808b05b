#pragma once

#include <api/dtls_transport_interface.h>
#include <api/ice_transport_interface.h>

#include <functional>
#include <memory>

#include "webrtc_build.hpp"

namespace rtcbot::peer {

/// What watched ICE transports tell, on the network thread.
struct TransportEvents {
  /// Packets cease to come, or come again. The states of libwebrtc's connection tell it only after all connectivity
  /// checks have timed out, which is too late.
  std::function<void(bool receiving)> on_receiving;
  /// All candidates there are at first have been found. libwebrtc itself never says so while it gathers continually.
  std::function<void()> on_gathered;
};

/// Makes ICE transports that tell these, and that remember where the other side was when it was only heard and never
/// announced, so that a new address of ours can call it there.
[[nodiscard]] std::unique_ptr<webrtc::IceTransportFactory> make_watched_ice_transport_factory(TransportEvents events);

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
