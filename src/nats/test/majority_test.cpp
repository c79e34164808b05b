#include "majority.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace rtcbot::nats {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// A stream's group: its leader, and how long ago each other member said something.
struct Group {
  explicit Group(std::string named, const std::vector<milliseconds>& silences = {})
      : leader(std::move(named)), peers(silences.size()) {
    for (std::size_t i = 0; i < peers.size(); ++i) {
      peers[i].Active = nanoseconds(silences[i]).count();
      places.push_back(&peers[i]);
    }
    info.Leader = leader.data();
    info.Replicas = places.data();
    info.ReplicasLen = static_cast<int>(places.size());
  }
  [[nodiscard]] bool writes() const { return has_majority(&info); }

  std::string leader;
  std::vector<jsPeerInfo> peers;
  std::vector<jsPeerInfo*> places{};
  jsClusterInfo info{};
};

TEST(Majority, ANatsThatIsAloneIsAllThereIs) {
  EXPECT_TRUE(has_majority(nullptr));
  EXPECT_TRUE(Group("n1").writes()) << "and so is a stream of one member";
}

TEST(Majority, OneOfThreeMayBeGoneAndNotTwo) {
  EXPECT_TRUE(Group("n1", {milliseconds(100), milliseconds(900)}).writes());
  EXPECT_TRUE(Group("n1", {milliseconds(100), milliseconds(11'000)}).writes());
  EXPECT_FALSE(Group("n1", {milliseconds(11'000), milliseconds(11'000)}).writes());
}

TEST(Majority, WhoIsSaidToBeOfflineIsGoneAtOnce) {
  Group group("n1", {milliseconds(100), milliseconds(100)});
  group.peers[0].Offline = true;
  EXPECT_TRUE(group.writes());
  group.peers[1].Offline = true;
  EXPECT_FALSE(group.writes());
}

TEST(Majority, HalfIsNone) { EXPECT_FALSE(Group("n1", {milliseconds(11'000)}).writes()); }

TEST(Majority, WithoutALeaderThereIsNone) { EXPECT_FALSE(Group("", {milliseconds(100), milliseconds(100)}).writes()); }

}  // namespace
}  // namespace rtcbot::nats
