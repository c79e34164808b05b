#pragma once

#include <functional>
#include <memory>
#include <string>

#include "context.hpp"
#include "rtcbot/device/outbound_route.hpp"

namespace rtcbot {

/// Watches this machine's route to a robot's server, and tells the engine the outgoing interface. Used on the I/O
/// thread.
class RouteWatch : public std::enable_shared_from_this<RouteWatch> {
 public:
  struct Parts {
    std::function<device::OutboundRoute()> find;               ///< The route now.
    std::function<void(const device::OutboundRoute&)> on_use;  ///< Called with the first route, and with each new one.
    std::function<void()> on_change;  ///< The server has another route now. Not called while there is none.
  };

  explicit RouteWatch(Parts parts) : parts_(std::move(parts)) {}

  /// Finds the route, and follows the changes of the network from now on. No effect if called again.
  void start(Context& context);
  /// The network may have changed.
  void check();

  [[nodiscard]] const device::OutboundRoute& route() const { return route_; }

 private:
  const Parts parts_;
  device::OutboundRoute route_;
  std::shared_ptr<void> network_;
};

}  // namespace rtcbot
