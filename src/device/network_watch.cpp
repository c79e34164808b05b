#include "rtcbot/device/network_watch.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::device {

namespace {

using Clock = std::chrono::steady_clock;

runtime::Descriptor open_netlink() {
  runtime::Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE;
  // The socket API requires these casts.
  if (socket.is_open() && ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    return socket;
  }
  return runtime::Descriptor(-1);
}

/// Reads all pending messages. True if there was one, or if the kernel dropped some.
bool drain(const runtime::Descriptor& netlink) {
  std::array<char, 8192> buffer{};
  bool came = false;
  for (;;) {
    const auto size = ::recv(netlink.get(), buffer.data(), buffer.size(), 0);
    if (size > 0 || (size < 0 && errno == ENOBUFS)) {
      came = true;
    } else if (size == 0 || errno != EINTR) {
      return came;
    }
  }
}

}  // namespace

class NetworkWatch::Loop {
 public:
  Loop(runtime::Descriptor netlink, runtime::Descriptor stop, std::function<void()> on_change, Config config)
      : netlink_(std::move(netlink)),
        stop_(std::move(stop)),
        on_change_(std::move(on_change)),
        config_(config),
        thread_([this] { run(); }) {}

  ~Loop() {
    const std::uint64_t one = 1;
    // Cannot fail: the counter is far from full.
    [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof(one));
    thread_.join();
  }

 private:
  void run() {
    std::optional<Clock::time_point> quiet_at;
    Clock::time_point latest{};
    for (;;) {
      std::array<pollfd, 2> wait{{{stop_.get(), POLLIN, 0}, {netlink_.get(), POLLIN, 0}}};
      const int limit = quiet_at ? milliseconds_until(std::min(*quiet_at, latest)) : -1;
      if (::poll(wait.data(), wait.size(), limit) < 0 && errno != EINTR) return;
      if (wait[0].revents != 0) return;
      const auto now = Clock::now();
      if (wait[1].revents != 0 && drain(netlink_)) {
        if (!quiet_at) latest = now + config_.longest;
        quiet_at = now + config_.quiet;
      }
      if (quiet_at && now >= std::min(*quiet_at, latest)) {
        quiet_at.reset();
        on_change_();
      }
    }
  }

  static int milliseconds_until(Clock::time_point then) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(then - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
  }

  const runtime::Descriptor netlink_;
  const runtime::Descriptor stop_;
  const std::function<void()> on_change_;
  const Config config_;
  std::thread thread_;  ///< Last: it uses all members above.
};

Result<std::unique_ptr<NetworkWatch>> NetworkWatch::create(std::function<void()> on_change, Config config) {
  auto netlink = open_netlink();
  runtime::Descriptor stop(::eventfd(0, EFD_CLOEXEC));
  if (!netlink.is_open() || !stop.is_open()) {
    return fail(Errc::internal, std::string("changes of the network cannot be watched: ") + std::strerror(errno));
  }
  return std::unique_ptr<NetworkWatch>(
      new NetworkWatch(std::make_unique<Loop>(std::move(netlink), std::move(stop), std::move(on_change), config)));
}

NetworkWatch::NetworkWatch(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}

NetworkWatch::~NetworkWatch() = default;

}  // namespace rtcbot::device
