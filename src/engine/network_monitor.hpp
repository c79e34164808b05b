#pragma once

#include <rtc_base/network_monitor_factory.h>

#include <memory>
#include <set>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

class NetworkMonitor;

/// The monitors of libwebrtc that react to changed addresses. Without a notification they check every two seconds, so
/// the picture would freeze for that time.  All functions run on the network thread.
class NetworkListeners {
 public:
  /// Makes all of them check the machine's addresses now.
  void tell() const;

 private:
  friend class NetworkMonitor;
  std::set<NetworkMonitor*> monitors_;
};

[[nodiscard]] std::unique_ptr<rtc::NetworkMonitorFactory> make_network_monitor_factory(
    std::shared_ptr<NetworkListeners> listeners);

}  // namespace rtcbot::engine
