#include "tun.hpp"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "ip_command.hpp"

namespace rtcbot::linklab {
namespace {

Result<runtime::Descriptor> create_device(const std::string& netns, const std::string& device) {
  const runtime::Descriptor place(::open(("/run/netns/" + netns).c_str(), O_RDONLY | O_CLOEXEC));
  if (!place.is_open()) {
    return fail(Errc::bad_config, "there is no network namespace '" + netns + "'; make it with: ip netns add " + netns);
  }
  if (::setns(place.get(), CLONE_NEWNET) != 0) {
    return fail(Errc::internal,
                "the namespace '" + netns + "' cannot be entered (are you root?): " + std::strerror(errno));
  }
  runtime::Descriptor tun(::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK));
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  device.copy(request.ifr_name, IFNAMSIZ - 1);
  if (!tun.is_open() || ::ioctl(tun.get(), TUNSETIFF, &request) != 0) {
    return fail(Errc::internal,
                "no TUN device '" + device + "' can be made in '" + netns + "': " + std::strerror(errno));
  }
  return tun;
}

}  // namespace

Result<runtime::Descriptor> open_tun(const End& end, const std::string& device, int mtu) {
  // A namespace is entered by a thread, not by a process: this one comes back by ending.
  Result<runtime::Descriptor> tun = fail(Errc::internal, "not tried");
  std::thread([&] { tun = create_device(end.netns, device); }).join();
  if (!tun) return tun;
  // Without an address of IPv6's own making: its solicitations would be the only packets nobody asked for.
  const std::string up = "link set lo up\nlink set " + device + " addrgenmode none\nlink set " + device + " mtu " +
                         std::to_string(mtu) + " up\n";
  const auto done = run_ip(end.netns, up + address_lines(device, end.addresses));
  if (!done) return fail(done.error());
  return tun;
}

}  // namespace rtcbot::linklab
