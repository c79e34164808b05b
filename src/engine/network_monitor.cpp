#include "network_monitor.hpp"

#include <rtc_base/network.h>
#include <rtc_base/network_monitor.h>

#include <utility>

#include "rtcbot/device/interface_addresses.hpp"

// Debian's library declares this class in its headers but does not define it. Weak, so that the definition in a later
// library takes precedence.
namespace rtc {
__attribute__((weak)) NetworkMonitorFactory::NetworkMonitorFactory() = default;
__attribute__((weak)) NetworkMonitorFactory::~NetworkMonitorFactory() = default;
}  // namespace rtc

namespace rtcbot::engine {

class NetworkMonitor : public rtc::NetworkMonitorInterface {
 public:
  explicit NetworkMonitor(std::shared_ptr<NetworkListeners> listeners) : listeners_(std::move(listeners)) {}
  NetworkMonitor(const NetworkMonitor&) = delete;
  NetworkMonitor& operator=(const NetworkMonitor&) = delete;
  ~NetworkMonitor() override { listeners_->monitors_.erase(this); }

  void Start() override { listeners_->monitors_.insert(this); }
  void Stop() override { listeners_->monitors_.erase(this); }

  /// libwebrtc's own result without a monitor, because we know when the network changes, not how. The exception is
  /// bridges to containers, which libwebrtc takes for reachable: reported as loopback they are excluded.
  InterfaceInfo GetInterfaceInfo(absl::string_view name) override {
    InterfaceInfo info{};
    const bool is_local = device::is_container_bridge({name.data(), name.size()});
    info.adapter_type = is_local ? rtc::ADAPTER_TYPE_LOOPBACK : rtc::GetAdapterTypeFromName(name);
    return info;
  }

  void tell() { InvokeNetworksChangedCallback(); }

 private:
  const std::shared_ptr<NetworkListeners> listeners_;
};

void NetworkListeners::tell() const {
  const auto now = monitors_;  // A copy, because a notified monitor may stop listening.
  for (NetworkMonitor* monitor : now) {
    if (monitors_.contains(monitor)) monitor->tell();
  }
}

namespace {

class Factory : public rtc::NetworkMonitorFactory {
 public:
  explicit Factory(std::shared_ptr<NetworkListeners> listeners) : listeners_(std::move(listeners)) {}
  rtc::NetworkMonitorInterface* CreateNetworkMonitor(const webrtc::FieldTrialsView&) override {
    return new NetworkMonitor(listeners_);  // libwebrtc's contract: the caller owns it.
  }

 private:
  const std::shared_ptr<NetworkListeners> listeners_;
};

}  // namespace

std::unique_ptr<rtc::NetworkMonitorFactory> make_network_monitor_factory(std::shared_ptr<NetworkListeners> listeners) {
  return std::make_unique<Factory>(std::move(listeners));
}

}  // namespace rtcbot::engine
