#include "forwarded.hpp"

#include <gtest/gtest.h>

#include "address_counts.hpp"
#include "rtcbot/net/client_address.hpp"
#include "rtcbot/net/host_name.hpp"

namespace rtcbot::net {
namespace {

const std::vector<std::string> kProxies{"127.0.0.1", "10.0.0.7"};

HttpRequest forwarded(const std::string& remote, const std::string& clients) {
  HttpRequest request;
  request.remote_address = remote;
  request.headers = {{"host", "inside:8080"},
                     {"x-forwarded-for", clients},
                     {"x-forwarded-proto", "https"},
                     {"x-forwarded-host", "robots.example.org"}};
  return request;
}

TEST(Host, IsANameOrAnAddressWithOrWithoutAPort) {
  for (const char* host : {"example.org", "example.org:8443", "localhost", "10.0.0.7:80", "my_robot.local", "[::1]",
                           "[2001:db8::1]:443", "a.b."}) {
    EXPECT_TRUE(is_host(host)) << host;
  }
  for (const char* odd : {"",        ":80",
                          "a:",      "a:0",
                          "a:65536", "a:80:80",
                          "a:+8",    "::1",
                          "[::1",    "[x]",
                          "[::1]x",  "[fe80::1%eth0]",
                          "a/b",     "a?b",
                          "a#b",     "u@a",
                          "a b",     "a\tb",
                          ".a",      "-a",
                          "a..b",    "ex\xc3\xa4mple.org",
                          "a,b",     "a\"b"}) {
    EXPECT_FALSE(is_host(odd)) << odd;
  }
  EXPECT_FALSE(is_host(std::string(256, 'a')));
}

TEST(Forwarded, TakesAddressSchemeAndHostFromAProxy) {
  auto request = forwarded("127.0.0.1:4711", "203.0.113.9");
  apply_forwarded(request, kProxies);
  EXPECT_EQ(request.remote_address, "203.0.113.9:0");
  EXPECT_EQ(request.headers, (std::map<std::string, std::string>{{"host", "robots.example.org"}}));
  EXPECT_TRUE(request.is_secure);
  EXPECT_TRUE(request.came_by_proxy);
}

TEST(Forwarded, BelievesNoStrangerAndHidesWhatHeSaid) {
  auto request = forwarded("203.0.113.66:4711", "127.0.0.1");
  apply_forwarded(request, kProxies);
  EXPECT_EQ(request.remote_address, "203.0.113.66:4711");
  EXPECT_EQ(request.headers, (std::map<std::string, std::string>{{"host", "inside:8080"}}));
  EXPECT_FALSE(request.is_secure);
  EXPECT_FALSE(request.came_by_proxy);
}

TEST(Forwarded, BelievesNobodyWithoutProxies) {
  auto request = forwarded("127.0.0.1:4711", "203.0.113.9");
  apply_forwarded(request, {});
  EXPECT_EQ(request.remote_address, "127.0.0.1:4711");
  EXPECT_FALSE(request.is_secure);
}

TEST(Forwarded, CountsOnlyWhatTheLastStrangerCannotHaveInvented) {
  struct Case {
    const char* clients;
    const char* expected;
  };
  for (const Case& c :
       {Case{"1.1.1.1, 203.0.113.9", "203.0.113.9:0"}, Case{"1.1.1.1,203.0.113.9, 10.0.0.7", "203.0.113.9:0"},
        Case{"10.0.0.7", "10.0.0.7:0"}, Case{"2001:db8::1", "[2001:db8::1]:0"},
        Case{"[2001:db8::1]:99", "[2001:db8::1]:0"}, Case{"nonsense", "127.0.0.1:4711"},
        Case{"1.1.1.1, nonsense", "127.0.0.1:4711"}, Case{"", "127.0.0.1:4711"}}) {
    SCOPED_TRACE(c.clients);
    auto request = forwarded("127.0.0.1:4711", c.clients);
    apply_forwarded(request, kProxies);
    EXPECT_EQ(request.remote_address, c.expected);
  }
}

TEST(Forwarded, KnowsAProxyThatCameByIpv6) {
  auto request = forwarded("[::ffff:127.0.0.1]:4711", "203.0.113.9");
  apply_forwarded(request, kProxies);
  EXPECT_EQ(request.remote_address, "203.0.113.9:0");
}

TEST(Forwarded, KnowsAProxyInWhateverWayItIsWritten) {
  for (const char* proxy : {"::ffff:127.0.0.1", "::ffff:7f00:1", "127.0.0.1"}) {
    SCOPED_TRACE(proxy);
    for (const char* remote : {"[::ffff:127.0.0.1]:4711", "127.0.0.1:4711"}) {
      auto request = forwarded(remote, "::ffff:203.0.113.9");
      apply_forwarded(request, {proxy});
      EXPECT_EQ(request.remote_address, "203.0.113.9:0") << remote;
    }
  }
}

TEST(Forwarded, TakesTheSchemeInAnyCase) {
  for (const auto& [scheme, is_secure] : std::map<std::string, bool>{
           {"HTTPS", true}, {"Wss", true}, {"http", false}, {"httpsx", false}, {"http, https", true}}) {
    auto request = forwarded("127.0.0.1:1", "203.0.113.9");
    request.headers["x-forwarded-proto"] = scheme;
    apply_forwarded(request, kProxies);
    EXPECT_EQ(request.is_secure, is_secure) << scheme;
  }
}

TEST(Forwarded, PutsThePortBehindAHostThatHasNone) {
  struct Case {
    const char* host;
    const char* port;
    const char* expected;
  };
  for (const Case& c :
       {Case{"a.example", "8443", "a.example:8443"}, Case{"a.example:81", "8443", "a.example:81"},
        Case{"[::1]", "8443", "[::1]:8443"}, Case{"a.example", "x", "a.example"}, Case{"a.example", "0", "a.example"},
        Case{"a.example", "", "a.example"}, Case{"a.example", "80, 8443", "a.example:8443"}}) {
    SCOPED_TRACE(c.host);
    auto request = forwarded("127.0.0.1:1", "203.0.113.9");
    request.headers["x-forwarded-host"] = c.host;
    request.headers["x-forwarded-port"] = c.port;
    apply_forwarded(request, kProxies);
    EXPECT_EQ(request.headers, (std::map<std::string, std::string>{{"host", c.expected}}));
  }
  auto stranger = forwarded("203.0.113.66:1", "");
  stranger.headers["x-forwarded-port"] = "8443";
  apply_forwarded(stranger, kProxies);
  EXPECT_EQ(stranger.headers, (std::map<std::string, std::string>{{"host", "inside:8080"}}));
}

TEST(Forwarded, TakesNoHostThatIsNone) {
  auto request = forwarded("127.0.0.1:1", "203.0.113.9");
  request.headers["x-forwarded-host"] = "a b\"<";
  apply_forwarded(request, kProxies);
  EXPECT_EQ(request.headers.at("host"), "inside:8080");
}

TEST(ClientAddress, LimitsAnIpv6NetworkAsOneClient) {
  EXPECT_EQ(limit_key("203.0.113.9:0"), "203.0.113.9");
  EXPECT_EQ(limit_key("[2001:db8:1:2:3:4:5:6]:80"), "2001:db8:1:2::/64");
  EXPECT_EQ(limit_key("[2001:db8:1:2::9]:81"), limit_key("[2001:db8:1:2:3:4:5:6]:80"));
  EXPECT_EQ(limit_key("[::ffff:10.1.2.3]:80"), "10.1.2.3");
  EXPECT_EQ(limit_key("unknown"), "unknown");
  EXPECT_EQ(limit_key("["), "");
}

TEST(AddressCounts, LetsInAsManyAsItMayAndForgetsWhoLeft) {
  AddressCounts counts(2);
  auto first = counts.enter("a");
  auto second = counts.enter("a");
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(counts.enter("a"));
  EXPECT_TRUE(counts.enter("b"));
  *first = AddressCounts::Slot();
  EXPECT_TRUE(counts.enter("a"));
  second.reset();
  EXPECT_EQ(counts.size(), 0U);
}

}  // namespace
}  // namespace rtcbot::net
