// A user signs out at one server; pages and robots of the user may be at the others.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "cluster_bench.hpp"

namespace rtcbot::cluster {
namespace {

using namespace testing;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const SignOut kAnna{"s1/anna/tab", 1'800'000'000};
const SessionEnded kEnded{kAnna.session, kAnna.until_s};

TEST(SignOut, ReachesTheOtherServersImmediatelyAndSeveralTimes) {
  ClusterBench bench(3);
  bench.servers[0].cluster->signed_out(bench.now, kAnna);
  bench.drain(0);
  bench.run(20ms);
  EXPECT_THAT(bench.servers[0].signed_out, IsEmpty());
  EXPECT_THAT(bench.servers[1].signed_out, SizeIs(1)) << "without waiting for the next heartbeat";
  bench.run(10s);
  for (const std::size_t other : {1U, 2U}) {
    EXPECT_THAT(bench.servers[other].signed_out, ::testing::AllOf(SizeIs(3), Each(kEnded)))
        << "a lost message does not matter";
  }
}

TEST(SignOut, WaitsForABusThatIsAway) {
  ClusterBench bench(2);
  bench.cut_off(0);
  bench.servers[0].cluster->signed_out(bench.now, kAnna);
  bench.drain(0);
  bench.run(30s);
  EXPECT_THAT(bench.servers[1].signed_out, IsEmpty());
  bench.join(0);
  bench.run(20ms);
  EXPECT_THAT(bench.servers[1].signed_out, SizeIs(1));
}

TEST(SignOut, OfManyAtOnceIsSentInMessagesThatEveryServerAccepts) {
  ClusterBench bench(2);
  const std::string longest(signal::Permissions::kMaxGrantBytes, 'x');
  for (int i = 0; i < 200; ++i) {
    auto session = std::to_string(i) + longest;
    session.resize(signal::Permissions::kMaxGrantBytes);
    bench.servers[0].cluster->signed_out(bench.now, {session, kAnna.until_s});
    bench.drain(0);
  }
  bench.run(60s);
  std::set<std::string> received;
  for (const auto& each : bench.servers[1].signed_out) received.insert(each.session);
  EXPECT_THAT(received, SizeIs(200));
  EXPECT_EQ(bench.servers[1].cluster->stats().bad_messages, 0);
}

}  // namespace
}  // namespace rtcbot::cluster
