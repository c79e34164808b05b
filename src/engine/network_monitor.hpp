#pragma once

#include <rtc_base/network_monitor_factory.h>

#include <memory>
#include <set>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

class NetworkMonitor;

/// Those of libwebrtc that want to hear of changed addresses. By themselves they look every two seconds, which is two
/// seconds of standing picture.  All functions: on the network thread.
class NetworkListeners {
 public:
  /// All of them look at the machine's addresses now.
  void tell() const;

 private:
  friend class NetworkMonitor;
  std::set<NetworkMonitor*> monitors_;
};

[[nodiscard]] std::unique_ptr<rtc::NetworkMonitorFactory> make_network_monitor_factory(
    std::shared_ptr<NetworkListeners> listeners);

}  // namespace rtcbot::engine
