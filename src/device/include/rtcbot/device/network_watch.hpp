#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "rtcbot/base/result.hpp"

namespace rtcbot::device {

/// Tells when this machine's links, addresses or routes change: a modem that got another address, a cable pulled, a
/// tunnel's end.
///
/// Source: rtnetlink(7), its multicast groups for links, addresses and routes of IPv4 and IPv6. It watches the network
/// namespace that the creating thread is in. Has one thread, on which `on_change` is called; the destructor joins it,
/// so the call-back must not destroy the watch. Distinct objects are independent.
class NetworkWatch {
 public:
  struct Config {
    /// One change makes many messages (link, address, routes): `on_change` comes when this long none came ...
    std::chrono::milliseconds quiet{50};
    /// ... and at the latest this long after the first.
    std::chrono::milliseconds longest{250};
  };

  /// `on_change` says that something changed, not what: whoever hears it looks for himself.  Errors: internal (no
  /// netlink socket, as in some containers).
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
