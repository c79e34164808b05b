#include "rtcbot/device/way_out.hpp"

#include <gtest/gtest.h>

#include "own_network.hpp"

namespace rtcbot::device {
namespace {

using testing::in_own_network;
using testing::run;

TEST(WayOut, ToThisMachineIsItself) { EXPECT_EQ(way_out("127.0.0.1"), (WayOut{.ipv4 = "127.0.0.1"})); }

TEST(WayOut, FollowsAddressesAndRoutes) {
  const auto body = [] {
    EXPECT_FALSE(way_out("robots.example").exists()) << "nothing is up";
    run("ip link add cable type veth peer name far");
    run("ip link set cable up && ip link set far up && ip addr add 10.77.0.2/24 dev cable");
    EXPECT_EQ(way_out("10.77.0.1").ipv4, "10.77.0.2");
    EXPECT_FALSE(way_out("robots.example").exists()) << "no default route";
    run("ip route add default dev cable");
    EXPECT_EQ(way_out("robots.example").ipv4, "10.77.0.2");
    run("ip addr del 10.77.0.2/24 dev cable");
    EXPECT_FALSE(way_out("10.77.0.1").exists());
    run("ip addr add 10.77.0.3/24 dev cable && ip route add default dev cable");
    EXPECT_EQ(way_out("robots.example").ipv4, "10.77.0.3");
    run("ip link set cable down");
    EXPECT_FALSE(way_out("robots.example").exists());
  };
  EXPECT_TRUE(in_own_network(body)) << "this test needs the right to make a network namespace (root)";
}

TEST(WayOut, KnowsIpv6) {
  const auto body = [] {
    // Without nodad the address is tentative for a moment, and the kernel takes ::1 as the source in its place.
    run("ip link set lo up && ip -6 addr add fd00::77/128 dev lo nodad");
    EXPECT_EQ(way_out("fd00::77"), (WayOut{.ipv6 = "fd00::77"}));
  };
  EXPECT_TRUE(in_own_network(body)) << "this test needs the right to make a network namespace (root)";
}

}  // namespace
}  // namespace rtcbot::device
