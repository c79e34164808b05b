#include "local_interfaces.hpp"

#include <gtest/gtest.h>

namespace rtcbot::engine {
namespace {

TEST(LocalInterfaces, KnowThoseOfContainersAndVirtualMachines) {
  for (const char* name : {"docker0", "br-0123456789ab", "docker_gwbridge", "virbr0", "virbr12", "lxcbr0", "lxdbr0",
                           "incusbr0", "podman0", "cni0", "cni-podman1", "vmnet8", "vboxnet0", "flannel.1"}) {
    EXPECT_TRUE(is_container_bridge(name)) << name;
  }
}

TEST(LocalInterfaces, LeaveThoseThatLeadToANetwork) {
  for (const char* name :
       {"", "lo", "eth0", "wlan0", "wwan0", "usb0", "br0", "br-lan", "br-0123456789", "br-0123456789ag", "tun0", "wg0",
        "tailscale0", "bridge0", "docker", "dockerhost", "veth12ab", "bond0"}) {
    EXPECT_FALSE(is_container_bridge(name)) << name;
  }
}

}  // namespace
}  // namespace rtcbot::engine
