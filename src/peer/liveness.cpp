#include "liveness.hpp"

#include <p2p/base/default_ice_transport_factory.h>
#include <p2p/base/p2p_transport_channel.h>
#include <rtc_base/third_party/sigslot/sigslot.h>

#include <set>
#include <utility>

namespace rtcbot::peer {

namespace {

/// An offer without BUNDLE makes several transports; the connection is alive while any of them receives.
class WatchedFactory : public webrtc::IceTransportFactory, public sigslot::has_slots<> {
 public:
  explicit WatchedFactory(std::function<void(bool)> on_change) : on_change_(std::move(on_change)) {}

  rtc::scoped_refptr<webrtc::IceTransportInterface> CreateIceTransport(const std::string& name, int component,
                                                                       webrtc::IceTransportInit init) override {
    auto transport = plain_.CreateIceTransport(name, component, std::move(init));
    transport->internal()->SignalReceivingState.connect(this, &WatchedFactory::on_receiving);
    return transport;
  }

 private:
  void on_receiving(rtc::PacketTransportInternal* transport) {
    const bool before = !receiving_.empty();
    if (transport->receiving()) {
      receiving_.insert(transport);
    } else {
      receiving_.erase(transport);
    }
    if (before == receiving_.empty()) on_change_(!before);
  }

  webrtc::DefaultIceTransportFactory plain_;
  const std::function<void(bool)> on_change_;
  std::set<rtc::PacketTransportInternal*> receiving_;
};

}  // namespace

std::unique_ptr<webrtc::IceTransportFactory> make_watched_ice_transport_factory(std::function<void(bool)> on_change) {
  return std::make_unique<WatchedFactory>(std::move(on_change));
}

DtlsWatch::DtlsWatch(rtc::scoped_refptr<webrtc::DtlsTransportInterface> transport, std::function<void()> on_closed)
    : transport_(std::move(transport)), on_closed_(std::move(on_closed)) {
  transport_->RegisterObserver(this);
}

DtlsWatch::~DtlsWatch() { transport_->UnregisterObserver(); }

void DtlsWatch::OnStateChange(webrtc::DtlsTransportInformation info) {
  if (info.state() == webrtc::DtlsTransportState::kClosed) on_closed_();
}

}  // namespace rtcbot::peer
