#include "rtcbot/device/outbound_route.hpp"

#include <gtest/gtest.h>

#include "own_network.hpp"

namespace rtcbot::device {
namespace {

using testing::in_own_network;
using testing::run;

TEST(OutboundRoute, ToThisMachineIsItself) {
  EXPECT_EQ(outbound_route("127.0.0.1"), (OutboundRoute{.ipv4 = "127.0.0.1"}));
}

TEST(OutboundRoute, FollowsAddressesAndRoutes) {
  const auto body = [] {
    EXPECT_FALSE(outbound_route("robots.example").exists()) << "nothing is up";
    run("ip link add cable type veth peer name far");
    run("ip link set cable up && ip link set far up && ip addr add 10.77.0.2/24 dev cable");
    EXPECT_EQ(outbound_route("10.77.0.1").ipv4, "10.77.0.2");
    EXPECT_FALSE(outbound_route("robots.example").exists()) << "no default route";
    run("ip route add default dev cable");
    EXPECT_EQ(outbound_route("robots.example").ipv4, "10.77.0.2");
    run("ip addr del 10.77.0.2/24 dev cable");
    EXPECT_FALSE(outbound_route("10.77.0.1").exists());
    run("ip addr add 10.77.0.3/24 dev cable && ip route add default dev cable");
    EXPECT_EQ(outbound_route("robots.example").ipv4, "10.77.0.3");
    run("ip link set cable down");
    EXPECT_FALSE(outbound_route("robots.example").exists());
  };
  EXPECT_TRUE(in_own_network(body)) << "this test needs the right to make a network namespace (root)";
}

TEST(OutboundRoute, KnowsIpv6) {
  const auto body = [] {
    // Without nodad the address is tentative for a moment, and the kernel takes ::1 as the source in its place.
    run("ip link set lo up && ip -6 addr add fd00::77/128 dev lo nodad");
    EXPECT_EQ(outbound_route("fd00::77"), (OutboundRoute{.ipv6 = "fd00::77"}));
  };
  EXPECT_TRUE(in_own_network(body)) << "this test needs the right to make a network namespace (root)";
}

}  // namespace
}  // namespace rtcbot::device
