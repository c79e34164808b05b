#include "rtcbot/device/interface_addresses.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtcbot::device {
namespace {

TEST(InterfaceAddresses, KnowTheBridgesOfContainersAndVirtualMachines) {
  for (const char* name : {"docker0", "br-0123456789ab", "docker_gwbridge", "virbr0", "virbr12", "lxcbr0", "lxdbr0",
                           "incusbr0", "podman0", "cni0", "cni-podman1", "vmnet8", "vboxnet0", "flannel.1"}) {
    EXPECT_TRUE(is_container_bridge(name)) << name;
  }
}

TEST(InterfaceAddresses, LeaveInterfacesThatLeadToANetwork) {
  for (const char* name :
       {"", "lo", "eth0", "wlan0", "wwan0", "usb0", "br0", "br-lan", "br-0123456789", "br-0123456789ag", "tun0", "wg0",
        "tailscale0", "bridge0", "docker", "dockerhost", "veth12ab", "bond0"}) {
    EXPECT_FALSE(is_container_bridge(name)) << name;
  }
}

TEST(InterfaceAddresses, LeadToOthersOnARunningInterfaceOfANetwork) {
  const InterfaceAddress lan{.interface = "eth0", .address = "192.168.1.20", .is_running = true};
  EXPECT_TRUE(leads_to_others(lan));
  auto other = lan;
  other.is_running = false;
  EXPECT_FALSE(leads_to_others(other)) << "no carrier";
  other = lan;
  other.is_loopback = true;
  EXPECT_FALSE(leads_to_others(other)) << "loopback";
  other = lan;
  other.interface = "docker0";
  EXPECT_FALSE(leads_to_others(other)) << "containers";
}

TEST(InterfaceAddresses, IncludeLoopbackOfThisMachine) {
  const auto all = interface_addresses();
  ASSERT_TRUE(all);
  EXPECT_THAT(*all, testing::Contains(testing::AllOf(testing::Field(&InterfaceAddress::address, "127.0.0.1"),
                                                     testing::Field(&InterfaceAddress::is_loopback, true),
                                                     testing::Field(&InterfaceAddress::is_ipv6, false))));
}

}  // namespace
}  // namespace rtcbot::device
