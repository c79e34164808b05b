#include "pending_offers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes.hpp"

namespace rtcbot::server {
namespace {

using namespace std::chrono_literals;
using test::FakeResponder;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr broker::RequestId kRequest(7);

class PendingOffersTest : public testing::Test {
 protected:
  std::string begin() {
    return offers_.begin(Timestamp(1s), kRequest, *signal::RobotName::parse("rover"), "192.0.2.1:1", "trace-1");
  }

  std::vector<std::string> log_;
  std::vector<std::string> events_;
  PendingOffers offers_{
      1,
      [this](const LogRecord& record) { log_.push_back(record.message); },
      {.began = [this](const std::string& id, const signal::RobotName& robot,
                       const std::string& remote) { events_.push_back(id + " began " + robot.text() + " " + remote); },
       .ended =
           [this](const std::string& id, const signal::RobotName& robot, int status, Duration took) {
             events_.push_back(id + " ended " + robot.text() + " " + std::to_string(status) + " " +
                               std::to_string(took / 1ms));
           }}};
  std::shared_ptr<FakeResponder> responder_ = std::make_shared<FakeResponder>();
};

TEST_F(PendingOffersTest, AnswersTheRequestThatWaitsWithTheOffersId) {
  offers_.wait(kRequest, responder_, {{"Vary", "Origin"}});
  EXPECT_EQ(begin(), "trace-1");
  EXPECT_TRUE(offers_.is_awaited(kRequest));
  ASSERT_TRUE(offers_.answer(Timestamp(3s), {.request = kRequest, .status = 429, .body = "{}", .retry_after = 5s}));
  ASSERT_EQ(responder_->answers.size(), 1u);
  const auto& answer = responder_->answers.front();
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(test::field(answer, "X-Request-Id"), "trace-1");
  EXPECT_EQ(test::field(answer, "Retry-After"), "5");
  EXPECT_EQ(test::field(answer, "Vary"), "Origin");
  EXPECT_EQ(test::field(answer, "Cache-Control"), "no-store");
  EXPECT_FALSE(offers_.is_awaited(kRequest));
  EXPECT_THAT(log_, ElementsAre(HasSubstr("offer trace-1 from 192.0.2.1:1 for robot rover: refused with 429")));
  EXPECT_THAT(events_, ElementsAre("trace-1 began rover 192.0.2.1:1", "trace-1 ended rover 429 2000"));
}

TEST_F(PendingOffersTest, DoesNothingForAnAnswerThatNobodyAwaits) {
  begin();
  EXPECT_FALSE(offers_.answer(Timestamp(3s), {.request = kRequest}));
  EXPECT_TRUE(log_.empty());
  offers_.end(Timestamp(3s), kRequest, 200);
  EXPECT_EQ(log_.size(), 1u);
  EXPECT_EQ(offers_.answer_times().count(), 1);
}

TEST_F(PendingOffersTest, ForgetsTheRequestOfABrowserThatLeft) {
  offers_.wait(kRequest, responder_, {});
  begin();
  offers_.abandon(Timestamp(2s), kRequest);
  EXPECT_FALSE(offers_.answer(Timestamp(3s), {.request = kRequest}));
  EXPECT_TRUE(responder_->answers.empty());
  EXPECT_THAT(log_, ElementsAre(HasSubstr("its page left")));
  EXPECT_EQ(events_.back(), "trace-1 ended rover 0 1000");
}

}  // namespace
}  // namespace rtcbot::server
