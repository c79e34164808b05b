#include "place_to_open.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtcbot::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(PlaceToOpen, OfAllAddressesIsThisMachineAndThoseThatOthersReach) {
  EXPECT_THAT(urls_to_open({.address = "0.0.0.0", .port = 8080}, {"192.168.1.20", "2001:db8::1"}),
              ElementsAre("http://localhost:8080/", "http://192.168.1.20:8080/"));
  EXPECT_THAT(urls_to_open({.address = "::", .port = 8080}, {"192.168.1.20", "2001:db8::1"}),
              ElementsAre("http://localhost:8080/", "http://192.168.1.20:8080/", "http://[2001:db8::1]:8080/"));
}

TEST(PlaceToOpen, OfOneAddressIsThatOne) {
  EXPECT_THAT(urls_to_open({.address = "127.0.0.1", .port = 80}, {"192.168.1.20"}), ElementsAre("http://127.0.0.1/"));
  EXPECT_THAT(urls_to_open({.address = "::1", .port = 443, .is_encrypted = true}, {}), ElementsAre("https://[::1]/"));
}

TEST(PlaceToOpen, IsTheNameWhereOneIsKnown) {
  EXPECT_THAT(urls_to_open({.address = "0.0.0.0", .port = 8443, .is_encrypted = true, .hosts = {"robots.example.org"}},
                           {"192.168.1.20"}),
              ElementsAre("https://robots.example.org:8443/"));
}

TEST(PlaceToOpen, BehindAProxyIsTheProxys) {
  EXPECT_THAT(urls_to_open({.address = "127.0.0.1", .port = 8080, .is_behind_proxy = true}, {"10.0.0.1"}), IsEmpty());
  EXPECT_THAT(urls_to_open(
                  {.address = "127.0.0.1", .port = 8080, .is_behind_proxy = true, .hosts = {"robots.example.org"}}, {}),
              ElementsAre("https://robots.example.org/"));
}

TEST(PlaceToOpen, OfAMachineWithManyAddressesIsAFew) {
  EXPECT_THAT(urls_to_open({.address = "::", .port = 1}, std::vector<std::string>(40, "10.0.0.1")), SizeIs(5));
}

TEST(PlaceToOpen, IsNeitherLoopbackNorLinkLocalNorABridgeToContainers) {
  const std::vector<device::InterfaceAddress> all{
      {.interface = "lo", .address = "127.0.0.1", .is_running = true, .is_loopback = true},
      {.interface = "eth0", .address = "2001:db8::1", .is_ipv6 = true, .is_running = true},
      {.interface = "eth0", .address = "192.168.1.20", .is_running = true},
      {.interface = "eth0", .address = "fe80::1", .is_ipv6 = true, .is_running = true, .is_link_local = true},
      {.interface = "docker0", .address = "172.17.0.1", .is_running = true},
      {.interface = "br-0123456789ab", .address = "172.18.0.1", .is_running = true},
      {.interface = "virbr0", .address = "192.168.122.1", .is_running = true},
      {.interface = "wlan0", .address = "192.168.2.20"},
  };
  EXPECT_THAT(addresses_for_others(all), ElementsAre("192.168.1.20", "2001:db8::1"));
}

}  // namespace
}  // namespace rtcbot::server
