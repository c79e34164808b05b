#include "request_filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes.hpp"

namespace rtcbot::server {
namespace {

using namespace std::chrono_literals;
using signal::Refusal;
using test::request;
using testing::HasSubstr;

const signal::RobotName kRover = *signal::RobotName::parse("rover");

class RequestFilterTest : public testing::Test {
 protected:
  [[nodiscard]] RequestFilter filter(RequestFilter::Options options = {}) {
    return {std::move(options), refusals_, {}};
  }
  [[nodiscard]] std::int64_t refused(Refusal reason) const {
    return refusals_.counts().at(static_cast<std::size_t>(reason));
  }
  Refusals refusals_;
};

TEST_F(RequestFilterTest, RefusesAForeignHostNameExceptToRobotsAndProbes) {
  auto filter = this->filter();
  const auto foreign = request("GET", "/", {{"host", "evil.example"}});
  const auto refused_page = filter.refuse_way(foreign, false);
  ASSERT_TRUE(refused_page);
  EXPECT_EQ(refused_page->status, 403);
  EXPECT_THAT(refused_page->body, HasSubstr("--host NAME"));
  EXPECT_EQ(refused(Refusal::forbidden), 1);
  EXPECT_FALSE(filter.refuse_way(foreign, true)) << "a robot sends no Origin";
  EXPECT_TRUE(
      filter.refuse_way(request("GET", "/", {{"host", "evil.example"}, {"origin", "http://evil.example"}}), true));
  EXPECT_FALSE(filter.refuse_way(request("GET", "/healthz", {{"host", "evil.example"}}), false));
  EXPECT_FALSE(filter.refuse_way(request("GET", "/", {{"host", "127.0.0.1:8080"}}), false));
}

TEST_F(RequestFilterTest, AnswersAtAnyNameWhereCredentialsAreRequired) {
  auto filter = this->filter({.checks_host = false});
  EXPECT_FALSE(filter.refuse_way(request("GET", "/", {{"host", "evil.example"}}), false));
}

TEST_F(RequestFilterTest, RefusesRequestsWithoutRequiredTls) {
  auto filter = this->filter({.only_secure = true});
  auto plain = request("GET", "/", {{"accept", "text/html"}});
  const auto page = filter.refuse_way(plain, false);
  ASSERT_TRUE(page);
  EXPECT_THAT(page->content_type, HasSubstr("text/html"));
  plain.is_secure = true;
  EXPECT_FALSE(filter.refuse_way(plain, false));
}

TEST_F(RequestFilterTest, RefusesPagesOfOtherSitesThatAreNotAllowed) {
  auto filter = this->filter({.allowed_origins = value_or_throw(AllowedOrigins::parse({"https://app.example"}))});
  const auto from = [](const std::string& origin) {
    return request("POST", "/rover", {{"host", "robots.example"}, {"origin", origin}});
  };
  EXPECT_TRUE(filter.refuse_foreign_page(from("https://evil.example")));
  EXPECT_FALSE(filter.refuse_foreign_page(from("https://app.example")));
  EXPECT_FALSE(filter.refuse_foreign_page(from("http://robots.example")));
  EXPECT_FALSE(filter.refuse_foreign_page(request("POST", "/rover")));
}

TEST_F(RequestFilterTest, RefusesOffersInAFormThatItDoesNotRead) {
  auto filter = this->filter();
  const auto sdp = filter.refuse_offer({}, request("POST", "/rover", {{"content-type", "Application/SDP"}}), kRover);
  ASSERT_TRUE(sdp);
  EXPECT_EQ(sdp->status, 415);
  EXPECT_EQ(test::field(*sdp, "Accept"), "application/json");
  EXPECT_TRUE(filter.refuse_offer({}, request("POST", "/rover", {{"content-encoding", "gzip"}}), kRover));
  EXPECT_FALSE(filter.refuse_offer({}, request("POST", "/rover", {{"content-encoding", "identity"}}), kRover));
}

TEST_F(RequestFilterTest, LimitsTheOffersOfAnAddressAndOfARobotByBothWays) {
  auto filter = this->filter({.rate = {.per_second = 0.1, .burst = 2}, .robot_rate = {.per_second = 0.1, .burst = 1}});
  EXPECT_FALSE(filter.refuse_offer({}, request("POST", "/rover"), kRover));
  const auto robot_is_busy = filter.refuse_offer({}, request("POST", "/rover"), kRover);
  ASSERT_TRUE(robot_is_busy);
  EXPECT_THAT(robot_is_busy->body, HasSubstr("for this robot"));
  const auto address_is_busy = filter.refuse_offer({}, request("POST", "/digger"), *signal::RobotName::parse("digger"));
  ASSERT_TRUE(address_is_busy);
  EXPECT_THAT(address_is_busy->body, HasSubstr("from your address"));
  EXPECT_EQ(test::field(*address_is_busy, "Retry-After"), "10");
  EXPECT_EQ(filter.wait_of_offer({}, "192.0.2.9", kRover), 10s);
  EXPECT_EQ(filter.wait_of_offer({}, "192.0.2.9", signal::RobotName()), std::nullopt);
}

}  // namespace
}  // namespace rtcbot::server
