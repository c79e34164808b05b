#include "ice_server_provider.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtcbot::server {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::Gt;
using testing::IsEmpty;
using testing::Le;
using testing::Optional;
using testing::StartsWith;

constexpr access::UnixTime kNow(1'000'000s);

TEST(IceServerProvider, GivesNothingWithoutServers) {
  IceServerProvider provider({}, 1);
  EXPECT_THAT(provider.servers(kNow, {}), IsEmpty());
  EXPECT_FALSE(provider.is_fresh_each_time());
  EXPECT_FALSE(provider.has_credentials());
  EXPECT_EQ(provider.life(kNow, {}), std::nullopt);
}

TEST(IceServerProvider, GivesPermanentCredentialsAsTheyAre) {
  IceServerProvider provider({.stun = {"stun:s.example"},
                              .turn = {"turn:a.example", "turn:b.example"},
                              .username = "robot",
                              .credential = "secret"},
                             1);
  const auto servers = provider.servers(kNow, {.label = "ann"});
  ASSERT_EQ(servers.size(), 2u);
  EXPECT_THAT(servers.at(0).urls, ElementsAre("stun:s.example"));
  EXPECT_THAT(servers.at(1).urls, ElementsAre("turn:a.example", "turn:b.example"));
  EXPECT_EQ(servers.at(1).username, "robot");
  EXPECT_EQ(servers.at(1).credential, "secret");
  EXPECT_TRUE(provider.has_credentials());
}

TEST(IceServerProvider, MakesCredentialsThatEndWithTheirOwners) {
  IceServerProvider provider({.turn = {"turn:a.example"}, .secret = "shared", .life = 600s}, 1);
  EXPECT_TRUE(provider.is_fresh_each_time());
  EXPECT_THAT(provider.life(kNow, {}), Optional(AllOf(Gt(60s), Le(600s))));
  EXPECT_EQ(provider.life(kNow, {.label = "ann", .ends = kNow + 60s}), 60s);
  EXPECT_EQ(provider.life(kNow, {.label = "ann", .ends = kNow - 60s}), 0s);
  const auto servers = provider.servers(kNow, {.label = "ann", .ends = kNow + 60s});
  ASSERT_EQ(servers.size(), 1u);
  EXPECT_THAT(servers.front().username, StartsWith("1000060:"));
  EXPECT_FALSE(servers.front().credential.empty());
}

TEST(IceServerProvider, GivesAHostOfMoreWeightMoreOften) {
  IceServerProvider provider({.turn = {"turn:big.example", "turns:big.example:443", "turn:small.example"},
                              .weights = {{"big.example", 9}},
                              .relays_per_connection = 1},
                             1);
  int big = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto servers = provider.servers(kNow, {});
    ASSERT_EQ(servers.size(), 1u);
    if (servers.front().urls.size() == 2) ++big;
  }
  EXPECT_GT(big, 850);
  EXPECT_LT(big, 950);
}

TEST(RelayHost, IsTheHostOfATurnUrl) {
  EXPECT_EQ(relay_host("turns:relay.example.org:443?transport=tcp"), "relay.example.org");
  EXPECT_EQ(relay_host("turn:relay.example.org"), "relay.example.org");
  EXPECT_EQ(relay_host("turn:[2001:db8::1]:3478"), "[2001:db8::1]");
}

}  // namespace
}  // namespace rtcbot::server
