#include "rtcbot/device/network_watch.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "own_network.hpp"

namespace rtcbot::device {
namespace {

using namespace std::chrono_literals;
using testing::in_own_network;
using testing::run;

/// Counts changes, and waits for them.
class Count {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++changes_;
    changed_.notify_all();
  }
  bool reaches(int changes) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return changes_ >= changes; });
  }
  int value() {
    const std::lock_guard lock(mutex_);
    return changes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int changes_ = 0;
};

TEST(NetworkWatch, IsMadeAndEndedWithoutAWait) {
  for (int i = 0; i < 100; ++i) {
    auto watch = NetworkWatch::create([] {});
    ASSERT_TRUE(watch) << watch.error().what();
  }
}

TEST(NetworkWatch, TellsOfLinksAddressesAndRoutes) {
  const auto body = [] {
    Count count;
    auto watch = NetworkWatch::create([&] { count.add(); });
    ASSERT_TRUE(watch) << watch.error().what();
    int expected = 0;
    for (const char* change : {"ip link set lo up", "ip addr add 127.0.0.2/8 dev lo", "ip addr del 127.0.0.2/8 dev lo",
                               "ip -6 addr add fd00::77/128 dev lo", "ip route add 10.77.0.0/24 dev lo"}) {
      SCOPED_TRACE(change);
      expected = count.value() + 1;
      run(change);
      EXPECT_TRUE(count.reaches(expected));
    }
  };
  EXPECT_TRUE(in_own_network(body)) << "this test needs the right to make a network namespace (root)";
}

TEST(NetworkWatch, TellsABurstOnce) {
  const auto body = [] {
    Count count;
    auto watch = NetworkWatch::create([&] { count.add(); }, {.quiet = 2s, .longest = 10s});
    ASSERT_TRUE(watch) << watch.error().what();
    for (const char* change :
         {"ip link set lo up", "ip addr add 127.0.0.2/8 dev lo", "ip addr del 127.0.0.2/8 dev lo"}) {
      run(change);
    }
    EXPECT_TRUE(count.reaches(1));
    EXPECT_EQ(count.value(), 1);
  };
  EXPECT_TRUE(in_own_network(body)) << "this test needs the right to make a network namespace (root)";
}

TEST(NetworkWatch, DoesNotWaitForeverForABurstToEnd) {
  const auto body = [] {
    Count count;
    auto watch = NetworkWatch::create([&] { count.add(); }, {.quiet = 1h, .longest = 50ms});
    ASSERT_TRUE(watch) << watch.error().what();
    run("ip link set lo up");
    EXPECT_TRUE(count.reaches(1));
  };
  EXPECT_TRUE(in_own_network(body)) << "this test needs the right to make a network namespace (root)";
}

}  // namespace
}  // namespace rtcbot::device
