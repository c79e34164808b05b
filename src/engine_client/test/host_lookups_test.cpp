#include "host_lookups.hpp"

#include <gtest/gtest.h>

namespace rtcbot::engine_client {
namespace {

TEST(HostOf, ReadsTheAddressesOfIceServers) {
  EXPECT_EQ(host_of("stun:stun.example.org"), "stun.example.org");
  EXPECT_EQ(host_of("turn:relay.example.org:3478?transport=udp"), "relay.example.org");
  EXPECT_EQ(host_of("turns:192.0.2.7:443?transport=tcp"), "192.0.2.7");
  EXPECT_EQ(host_of("turn:[2001:db8::1]:3478"), "2001:db8::1");
  EXPECT_EQ(host_of("turn:"), "");
  EXPECT_EQ(host_of(""), "");
  EXPECT_EQ(host_of("turn:["), "");
}

}  // namespace
}  // namespace rtcbot::engine_client
