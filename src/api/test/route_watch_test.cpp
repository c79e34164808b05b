#include "../route_watch.hpp"

#include <vector>

#include <gmock/gmock.h>

namespace rtcbot {
namespace {

using testing::ElementsAre;

class RouteWatchTest : public testing::Test {
 protected:
  void find(const std::string& address) {
    found.ipv4 = address;
    watch->check();
  }

  device::OutboundRoute found;
  std::vector<std::string> used;
  int changes = 0;
  std::shared_ptr<RouteWatch> watch = std::make_shared<RouteWatch>(
      RouteWatch::Parts{.find = [this] { return found; },
                        .on_use = [this](const device::OutboundRoute& route) { used.push_back(route.ipv4); },
                        .on_change = [this] { ++changes; }});
};

TEST_F(RouteWatchTest, ReportsTheFirstRouteWithoutAChange) {
  found.ipv4 = "192.0.2.1";
  watch->start(*Context::get());
  EXPECT_THAT(used, ElementsAre("192.0.2.1"));
  EXPECT_EQ(changes, 0);
}

TEST_F(RouteWatchTest, ReportsAnotherRouteOnce) {
  find("192.0.2.1");
  find("192.0.2.1");
  find("198.51.100.7");
  EXPECT_THAT(used, ElementsAre("192.0.2.1", "198.51.100.7"));
  EXPECT_EQ(changes, 2);
}

TEST_F(RouteWatchTest, WaitsWithoutARouteAndReportsItsReturn) {
  find("192.0.2.1");
  find("");
  EXPECT_EQ(changes, 1);
  EXPECT_FALSE(watch->route().exists());
  find("192.0.2.1");
  EXPECT_EQ(changes, 2) << "the server may have lost the socket meanwhile";
}

}  // namespace
}  // namespace rtcbot
