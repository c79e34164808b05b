#include "liveness.hpp"

#include <api/make_ref_counted.h>
#include <api/task_queue/pending_task_safety_flag.h>
#include <p2p/base/default_ice_transport_factory.h>
#include <p2p/base/p2p_transport_channel.h>
#include <rtc_base/third_party/sigslot/sigslot.h>
#include <rtc_base/thread.h>
#include <rtc_base/time_utils.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "rtcbot/base/weakly.hpp"

namespace rtcbot::engine {

namespace {

using cricket::IceTransportInternal;

/// True if a path starts at an address that this machine no longer has.
bool is_homeless(const cricket::Connection& path) {
  const cricket::Candidate& local = path.local_candidate();
  if (local.type() == cricket::RELAY_PORT_TYPE) return false;  // Its address is the relay's.
  const bool is_host = local.type() == cricket::LOCAL_PORT_TYPE;
  const rtc::IPAddress home = (is_host ? local.address() : local.related_address()).ipaddr();
  if (home.IsNil() || rtc::IPIsAny(home)) return false;
  const auto& addresses = path.network()->GetIPs();
  return !path.network()->active() ||
         std::none_of(addresses.begin(), addresses.end(), [&](const rtc::IPAddress& ours) { return ours == home; });
}

/// State shared by the transports of one connection. An offer without BUNDLE creates several: the connection is alive
/// while any of them receives, and has gathered when all of them have.
class Transports {
 public:
  explicit Transports(TransportEvents events) : events_(std::move(events)) {}

  void set_receiving(const void* transport, bool receiving) {
    const bool before = !receiving_.empty();
    if (receiving) {
      receiving_.insert(transport);
    } else {
      receiving_.erase(transport);
    }
    if (before == receiving_.empty()) events_.on_receiving(!before);
  }
  void set_gathering(const void* transport) { gathering_.insert(transport); }
  void set_gathered(const void* transport) {
    if (gathering_.erase(transport) > 0 && gathering_.empty()) events_.on_gathered();
  }
  void forget(const void* transport) {
    receiving_.erase(transport);
    gathering_.erase(transport);
    checks_.erase(transport);
  }
  void set_check(const void* transport, std::function<void()> check) { checks_[transport] = std::move(check); }
  void check_now() const {
    for (const auto& [transport, check] : checks_) check();
  }
  void rebound() const { events_.on_rebound(); }

 private:
  const TransportEvents events_;
  std::map<const void*, std::function<void()>> checks_;
  std::set<const void*> receiving_;
  std::set<const void*> gathering_;
};

/// libwebrtc's transport with our event handlers. Used only on the network thread.
class WatchedTransport : public webrtc::IceTransportInterface, public sigslot::has_slots<> {
 public:
  WatchedTransport(rtc::scoped_refptr<webrtc::IceTransportInterface> plain, std::shared_ptr<Transports> all)
      : plain_(std::move(plain)), all_(std::move(all)) {
    internal()->SignalReceivingState.connect(this, &WatchedTransport::on_receiving);
    internal()->SignalGatheringState.connect(this, &WatchedTransport::on_gathering);
    internal()->SignalRouteChange.connect(this, &WatchedTransport::on_route);
    internal()->SignalCandidateGathered.connect(this, &WatchedTransport::on_candidate);
    all_->set_check(this, [this] { check_now(); });
  }
  WatchedTransport(const WatchedTransport&) = delete;
  WatchedTransport& operator=(const WatchedTransport&) = delete;
  ~WatchedTransport() override { all_->forget(this); }

  IceTransportInternal* internal() override { return plain_->internal(); }

 private:
  void on_receiving(rtc::PacketTransportInternal* transport) { all_->set_receiving(this, transport->receiving()); }

  void on_gathering(IceTransportInternal* transport) {
    if (transport->gathering_state() != cricket::kIceGatheringGathering) return;
    all_->set_gathering(this);
    // The session that gathers is created right after this signal.
    post([this] { listen_to_session(); });
  }

  void listen_to_session() {
    auto* session = channel().allocator_session();
    if (session) session->SignalCandidatesAllocationDone.connect(this, &WatchedTransport::on_allocated);
  }

  void on_allocated(cricket::PortAllocatorSession*) { all_->set_gathered(this); }

  /// Browsers hide their addresses, and a browser behind a NAT does not know its own. A packet from such an address
  /// serves the existing ports, but libwebrtc pairs new ports only with announced candidates. So this announces it.
  void on_route(IceTransportInternal*, const cricket::Candidate& remote) {
    watch_selected();
    if (remote.type() != cricket::PRFLX_PORT_TYPE) return;
    cricket::Candidate announced = remote;
    announced.set_type(cricket::LOCAL_PORT_TYPE);
    post([this, announced] { internal()->AddRemoteCandidate(announced); });
  }

  void watch_selected() {
    auto* selected = const_cast<cricket::Connection*>(channel().selected_connection());
    if (!selected) return;
    seen_as_ = selected->local_candidate().address();
    selected->SignalStateChange.disconnect(this);
    selected->SignalStateChange.connect(this, &WatchedTransport::on_path_state);
  }

  void on_path_state(cricket::Connection* path) {
    if (path != channel().selected_connection()) return;
    const rtc::SocketAddress before = std::exchange(seen_as_, path->local_candidate().address());
    if (before != seen_as_) all_->rebound();
  }

  void check_now() {
    auto* selected = const_cast<cricket::Connection*>(channel().selected_connection());
    if (selected) selected->Ping(rtc::TimeMillis());
  }

  void on_candidate(IceTransportInternal*, const cricket::Candidate& ours) {
    const auto* selected = channel().selected_connection();
    if (!selected || !is_homeless(*selected)) return;
    if (ours.address().family() != selected->remote_candidate().address().family()) return;
    if (!ours.address().IsLoopbackIP()) post([this] { move_away(); });
  }

  /// Our address is gone and another exists. libwebrtc would keep the old path until enough checks have failed. It
  /// would not even try the new address, which is on the same network and has no better priority. So this ends all
  /// paths without an address, and contacts the other side again from all addresses.
  void move_away() {
    const auto* selected = channel().selected_connection();
    if (!selected || !is_homeless(*selected)) return;
    const cricket::Candidate remote = selected->remote_candidate();
    const auto snapshot = channel().connections();
    const std::vector<cricket::Connection*> paths(snapshot.begin(), snapshot.end());
    // The path in use comes last: while it exists, nothing is reported as failed.
    for (cricket::Connection* path : paths) {
      if (path != selected && (path->pruned() || is_homeless(*path))) path->Destroy();
    }
    (*std::find(paths.begin(), paths.end(), selected))->Destroy();
    // A known candidate would be skipped, so remove it first.
    internal()->RemoveRemoteCandidate(remote);
    internal()->AddRemoteCandidate(remote);
  }

  /// DefaultIceTransportFactory creates this class.
  cricket::P2PTransportChannel& channel() { return *static_cast<cricket::P2PTransportChannel*>(internal()); }

  void post(std::function<void()> task) {
    rtc::Thread::Current()->PostTask(webrtc::SafeTask(safety_.flag(), std::move(task)));
  }

  const rtc::scoped_refptr<webrtc::IceTransportInterface> plain_;
  const std::shared_ptr<Transports> all_;
  rtc::SocketAddress seen_as_;  ///< Our address as the other side sees it on the path in use.
  webrtc::ScopedTaskSafety safety_;
};

class WatchedFactory : public webrtc::IceTransportFactory {
 public:
  explicit WatchedFactory(std::shared_ptr<Transports> all) : all_(std::move(all)) {}

  rtc::scoped_refptr<webrtc::IceTransportInterface> CreateIceTransport(const std::string& name, int component,
                                                                       webrtc::IceTransportInit init) override {
    return rtc::make_ref_counted<WatchedTransport>(plain_.CreateIceTransport(name, component, std::move(init)), all_);
  }

 private:
  webrtc::DefaultIceTransportFactory plain_;
  const std::shared_ptr<Transports> all_;
};

}  // namespace

WatchedTransports make_watched_ice_transports(TransportEvents events) {
  auto all = std::make_shared<Transports>(std::move(events));
  return {.factory = std::make_unique<WatchedFactory>(all),
          .check_now = weakly(std::weak_ptr(all), [](Transports& alive) { alive.check_now(); })};
}

DtlsWatch::DtlsWatch(rtc::scoped_refptr<webrtc::DtlsTransportInterface> transport, std::function<void()> on_closed)
    : transport_(std::move(transport)), on_closed_(std::move(on_closed)) {
  transport_->RegisterObserver(this);
}

DtlsWatch::~DtlsWatch() { transport_->UnregisterObserver(); }

void DtlsWatch::OnStateChange(webrtc::DtlsTransportInformation info) {
  if (info.state() == webrtc::DtlsTransportState::kClosed) on_closed_();
}

}  // namespace rtcbot::engine
