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
  EXPECT_EQ(lease.request(now, ann), Outcome::done);
  EXPECT_EQ(lease.request(now, ann), Outcome::done) << "taking it twice changes nothing";
  EXPECT_EQ(lease.driver(), ann);
}

TEST_F(LeaseTest, HandOverIsAskedAndGranted) {
  (void)lease.request(now, ann);
  EXPECT_EQ(lease.request(now, bo), Outcome::asked);
  EXPECT_EQ(lease.request(now, cy), Outcome::already_requested);
  EXPECT_EQ(lease.hand_over(now, bo), Outcome::not_driver);
  EXPECT_EQ(lease.hand_over(now, ann), Outcome::done);
  EXPECT_EQ(lease.driver(), bo);
  EXPECT_FALSE(lease.pending_request());
}

TEST_F(LeaseTest, AWishCanBeRefusedAndTakenBack) {
  (void)lease.request(now, ann);
  EXPECT_EQ(lease.deny(ann), Outcome::no_request);
  EXPECT_EQ(lease.hand_over(now, ann), Outcome::no_request);
  (void)lease.request(now, bo);
  EXPECT_EQ(lease.deny(cy), Outcome::not_driver);
  EXPECT_EQ(lease.deny(ann), Outcome::done);
  (void)lease.request(now, bo);
  EXPECT_EQ(lease.release(now, bo), Outcome::done);
  EXPECT_FALSE(lease.pending_request());
  EXPECT_EQ(lease.driver(), ann);
}

TEST_F(LeaseTest, WhoAsksGetsItFromOneWhoGoes) {
  (void)lease.request(now, ann);
  (void)lease.request(now, bo);
  EXPECT_EQ(lease.release(now, ann), Outcome::done);
  EXPECT_EQ(lease.driver(), bo);
  (void)lease.request(now, cy);
  lease.leave(now, bo);
  EXPECT_EQ(lease.driver(), cy);
  lease.leave(now, cy);
  EXPECT_FALSE(lease.driver());
  EXPECT_EQ(lease.release(now, cy), Outcome::not_driver);
}

TEST_F(LeaseTest, WhoIsNotHeardOfNeedNotBeAsked) {
  (void)lease.request(now, ann);
  lease.heard(now + seconds(1));
  EXPECT_EQ(lease.request(now + seconds(3), bo), Outcome::asked);
  EXPECT_EQ(lease.request(now + seconds(4), bo), Outcome::done);
  EXPECT_EQ(lease.driver(), bo);
}

TEST_F(LeaseTest, WhoAskedAndLeftDoesNotGetIt) {
  (void)lease.request(now, ann);
  (void)lease.request(now, bo);
  lease.leave(now, bo);
  (void)lease.release(now, ann);
  EXPECT_FALSE(lease.driver());
}

}  // namespace
}  // namespace rtcbot::safety
