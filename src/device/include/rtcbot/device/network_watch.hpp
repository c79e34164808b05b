#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "rtcbot/base/result.hpp"

namespace rtcbot::device {

/// Reports changes of this machine's links, addresses or routes, for example a new address of a modem, an unplugged
/// cable or the end of a tunnel.
///
/// Source: rtnetlink(7), its multicast groups for links, addresses and routes of IPv4 and IPv6. Watches the network
/// namespace of the creating thread. Calls `on_change` on its own thread. The destructor joins that thread, so the
/// callback must not destroy the watch. Distinct objects are independent.
class NetworkWatch {
 public:
  struct Config {
    /// One change causes many messages (link, address, routes): `on_change` is called after this time without a
    /// message,
    std::chrono::milliseconds quiet{50};
    /// and at the latest this long after the first.
    std::chrono::milliseconds longest{250};
  };

  /// `on_change` reports that something changed, not what; the listener must query it.  Errors: internal (no netlink
  /// socket, as in some containers).
  [[nodiscard]] static Result<std::unique_ptr<NetworkWatch>> create(std::function<void()> on_change, Config config);
  [[nodiscard]] static Result<std::unique_ptr<NetworkWatch>> create(std::function<void()> on_change) {
    return create(std::move(on_change), Config{});
  }

  NetworkWatch(const NetworkWatch&) = delete;
  NetworkWatch& operator=(const NetworkWatch&) = delete;
  ~NetworkWatch();

 private:
  class Loop;
  explicit NetworkWatch(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace rtcbot::device
