#include "rtcbot/safety/lease.hpp"

#include <gtest/gtest.h>

namespace rtcbot::safety {
namespace {

using std::chrono::seconds;
using Outcome = Lease::Outcome;

const ViewerId ann{1}, bo{2}, cy{3};

class LeaseTest : public ::testing::Test {
 protected:
  Lease lease{seconds(3)};
  Timestamp now{seconds(100)};
};

TEST_F(LeaseTest, TheFirstWhoTakesItHasIt) {
  EXPECT_EQ(lease.take(now, ann), Outcome::done);
  EXPECT_EQ(lease.take(now, ann), Outcome::done) << "taking it twice changes nothing";
  EXPECT_EQ(lease.driver(), ann);
}

TEST_F(LeaseTest, HandOverIsAskedAndGranted) {
  (void)lease.take(now, ann);
  EXPECT_EQ(lease.take(now, bo), Outcome::asked);
  EXPECT_EQ(lease.take(now, cy), Outcome::already_asked);
  EXPECT_EQ(lease.grant(now, bo), Outcome::not_driver);
  EXPECT_EQ(lease.grant(now, ann), Outcome::done);
  EXPECT_EQ(lease.driver(), bo);
  EXPECT_FALSE(lease.asking());
}

TEST_F(LeaseTest, AWishCanBeRefusedAndTakenBack) {
  (void)lease.take(now, ann);
  EXPECT_EQ(lease.refuse(ann), Outcome::nobody_asks);
  EXPECT_EQ(lease.grant(now, ann), Outcome::nobody_asks);
  (void)lease.take(now, bo);
  EXPECT_EQ(lease.refuse(cy), Outcome::not_driver);
  EXPECT_EQ(lease.refuse(ann), Outcome::done);
  (void)lease.take(now, bo);
  EXPECT_EQ(lease.give(now, bo), Outcome::done);
  EXPECT_FALSE(lease.asking());
  EXPECT_EQ(lease.driver(), ann);
}

TEST_F(LeaseTest, WhoAsksGetsItFromOneWhoGoes) {
  (void)lease.take(now, ann);
  (void)lease.take(now, bo);
  EXPECT_EQ(lease.give(now, ann), Outcome::done);
  EXPECT_EQ(lease.driver(), bo);
  (void)lease.take(now, cy);
  lease.leave(now, bo);
  EXPECT_EQ(lease.driver(), cy);
  lease.leave(now, cy);
  EXPECT_FALSE(lease.driver());
  EXPECT_EQ(lease.give(now, cy), Outcome::not_driver);
}

TEST_F(LeaseTest, WhoIsNotHeardOfNeedNotBeAsked) {
  (void)lease.take(now, ann);
  lease.heard(now + seconds(1));
  EXPECT_EQ(lease.take(now + seconds(3), bo), Outcome::asked);
  EXPECT_EQ(lease.take(now + seconds(4), bo), Outcome::done);
  EXPECT_EQ(lease.driver(), bo);
}

TEST_F(LeaseTest, WhoAskedAndLeftDoesNotGetIt) {
  (void)lease.take(now, ann);
  (void)lease.take(now, bo);
  lease.leave(now, bo);
  (void)lease.give(now, ann);
  EXPECT_FALSE(lease.driver());
}

}  // namespace
}  // namespace rtcbot::safety
