#pragma once

#include <api/dtls_transport_interface.h>
#include <api/ice_transport_interface.h>

#include <functional>
#include <memory>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Events of watched ICE transports, on the network thread.
struct TransportEvents {
  /// Packets stop arriving, or arrive again. libwebrtc's connection states report this only after all connectivity
  /// checks have timed out, which is too late.
  std::function<void(bool receiving)> on_receiving;
  /// The initial candidates are complete. libwebrtc never reports this while it gathers continually.
  std::function<void()> on_gathered;
  /// The other side answered a check and sees us at a new address: a NAT has replaced its entry for us. Our packets
  /// arrive again. The other side's packets go to the old entry until its own checks show the change, which takes a
  /// browser up to 2.6 s.
  std::function<void()> on_rebound;
};

struct WatchedTransports {
  /// Creates ICE transports that report the events. They also store the other side's address if it was only observed
  /// and never announced, so that a new address of ours can contact it there.
  std::unique_ptr<webrtc::IceTransportFactory> factory;
  /// Checks the path in use now, not at the next interval. On the network thread; has no effect after the end.
  std::function<void()> check_now;
};

[[nodiscard]] WatchedTransports make_watched_ice_transports(TransportEvents events);

/// Reports that the other side ended the DTLS session, as a browser's `pc.close()` does. libwebrtc's connection stays
/// "connected" then.  All functions and the callback run on the network thread.
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
