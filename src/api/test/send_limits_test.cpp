#include "../send_limits.hpp"

#include <gmock/gmock.h>

namespace rtcbot {
namespace {

using session::ViewerId;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr DataRate kbps(std::int64_t rate) { return DataRate::kilobits_per_second(rate); }

const ViewerId ann{1};
const ViewerId bo{2};

TEST(SendLimits, AreTheConnectionsOwnWithoutABudget) {
  const SendLimits limits(kbps(150), kbps(8'000));
  EXPECT_EQ(limits.share(3), kbps(8'000));
}

TEST(SendLimits, AreEqualPartsWithinTheConnectionsOwn) {
  SendLimits limits(kbps(150), kbps(8'000));
  limits.set_total(kbps(1'000));
  EXPECT_EQ(limits.share(0), kbps(1'000));
  EXPECT_EQ(limits.share(2), kbps(500));
  EXPECT_EQ(limits.share(100), kbps(150)) << "enough for a moving picture";
  limits.set_total(kbps(100'000));
  EXPECT_EQ(limits.share(2), kbps(8'000));
}

TEST(SendLimits, AreSentToANewConnectionAndAtAChange) {
  SendLimits limits(kbps(150), kbps(8'000));
  limits.set_total(kbps(1'000));
  EXPECT_THAT(limits.update({ann}), ElementsAre(Pair(ann, kbps(1'000))));
  limits.set_total(kbps(1'010));
  EXPECT_THAT(limits.update({ann}), IsEmpty()) << "a change of 1 %";
  EXPECT_THAT(limits.update({ann, bo}), ElementsAre(Pair(ann, kbps(505)), Pair(bo, kbps(505))));
  EXPECT_THAT(limits.update({bo}), ElementsAre(Pair(bo, kbps(1'010))));
  EXPECT_THAT(limits.update({ann, bo}), ElementsAre(Pair(ann, kbps(505)), Pair(bo, kbps(505))))
      << "a viewer that comes again is a new connection";
}

}  // namespace
}  // namespace rtcbot
