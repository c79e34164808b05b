#pragma once

#include <api/dtls_transport_interface.h>
#include <api/ice_transport_interface.h>

#include <functional>
#include <memory>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// What watched ICE transports tell, on the network thread.
struct TransportEvents {
  /// Packets cease to come, or come again. The states of libwebrtc's connection tell it only after all connectivity
  /// checks have timed out, which is too late.
  std::function<void(bool receiving)> on_receiving;
  /// All candidates there are at first have been found. libwebrtc itself never says so while it gathers continually.
  std::function<void()> on_gathered;
  /// The other side answered a check, and sees us under another address than before: a NAT on the way has forgotten us
  /// and made a new entry. What we send arrives again; what the other side sends goes to the old entry, until its own
  /// checks tell it, which takes a browser up to 2.6 s.
  std::function<void()> on_rebound;
};

struct WatchedTransports {
  /// Makes ICE transports that tell the events, and that remember where the other side was when it was only heard and
  /// never announced, so that a new address of ours can call it there.
  std::unique_ptr<webrtc::IceTransportFactory> factory;
  /// Checks the path in use now, rather than at the next interval. On the network thread; harmless when all is over.
  std::function<void()> check_now;
};

[[nodiscard]] WatchedTransports make_watched_ice_transports(TransportEvents events);

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

}  // namespace rtcbot::engine
