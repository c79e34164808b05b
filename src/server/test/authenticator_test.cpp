#include "authenticator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clock.hpp"
#include "fakes.hpp"

namespace rtcbot::server {
namespace {

using namespace std::chrono_literals;
using access::Action;
using access::Role;
using signal::Refusal;
using test::request;
using testing::HasSubstr;

const signal::RobotName kRover = *signal::RobotName::parse("rover");
const signal::RobotName kDigger = *signal::RobotName::parse("digger");

access::Credential credential(Role role, const std::string& robots, const std::string& owner = {}) {
  access::Credential grant;
  grant.role = role;
  grant.robots = {*access::RobotPattern::parse(robots)};
  grant.issued = grant.not_before = unix_now();
  grant.expires = unix_now() + 1h;
  grant.id = "id-" + (robots == "*" ? std::string("all") : robots) + owner;
  grant.owner = owner;
  return grant;
}

/// A server that requires tokens.
class AuthenticatorTest : public testing::Test {
 protected:
  [[nodiscard]] Authenticator closed() const {
    return value_or_throw(Authenticator::make({.secret_text = secrets_.text()}));
  }
  [[nodiscard]] std::map<std::string, std::string> bearing(const access::Credential& grant) const {
    return {{"authorization", "Bearer " + token(grant)}};
  }
  [[nodiscard]] std::string token(const access::Credential& grant) const {
    return value_or_throw(access::sign(grant, secrets_.signing()));
  }
  access::Secrets secrets_{access::make_secret()};
};

TEST(OpenAuthenticator, LetsEverybodyDoEverything) {
  const auto open = value_or_throw(Authenticator::make({}));
  EXPECT_TRUE(open.is_open());
  EXPECT_FALSE(open.judge(request("POST", "/rover"), Need::of(Action::connect, kRover), {}).refusal);
  EXPECT_FALSE(open.judge(request("GET", "/metrics"), Need::of(Action::operate), {}).refusal);
  EXPECT_FALSE(open.judge_robot(request("GET", "/rover")).refusal);
}

TEST(OpenAuthenticator, AsksRobotsForTheSharedTokenAlone) {
  const auto open = value_or_throw(Authenticator::make({.robot_token = "s3cret"}));
  EXPECT_EQ(open.judge_robot(request("GET", "/rover")).refusal, Refusal::unauthorized);
  EXPECT_EQ(open.judge_robot(request("GET", "/rover", {{"authorization", "Bearer wrong"}})).refusal,
            Refusal::unauthorized);
  EXPECT_FALSE(open.judge_robot(request("GET", "/rover", {{"authorization", "Bearer s3cret"}})).refusal);
  EXPECT_FALSE(open.judge(request("POST", "/rover"), Need::of(Action::connect, kRover), {}).refusal);
}

TEST_F(AuthenticatorTest, RequiresACredentialExceptWhereNothingIsNeeded) {
  const auto auth = closed();
  EXPECT_EQ(auth.judge(request("GET", "/"), Need::person(), {}).refusal, Refusal::unauthorized);
  EXPECT_FALSE(auth.judge(request("GET", "/healthz"), Need::nothing(), {}).refusal);
  EXPECT_FALSE(auth.judge(request("OPTIONS", "/rover"), Need::of(Action::connect, kRover), {}).refusal);
  EXPECT_EQ(auth.judge(request("GET", "/", {{"authorization", "Bearer nonsense"}}), Need::person(), {}).refusal,
            Refusal::unauthorized);
}

TEST_F(AuthenticatorTest, PermitsWhatTheRoleDoesForItsRobots) {
  const auto auth = closed();
  const auto may = [&](const access::Credential& grant, const Need& need) {
    return !auth.judge(request("GET", "/x", bearing(grant)), need, {}).refusal;
  };
  const auto watch = credential(Role::watch, "rover");
  EXPECT_TRUE(may(watch, Need::person()));
  EXPECT_TRUE(may(watch, Need::of(Action::connect, kRover)));
  EXPECT_FALSE(may(watch, Need::of(Action::connect, kDigger)));
  EXPECT_FALSE(may(watch, Need::of(Action::operate)));
  EXPECT_TRUE(may(credential(Role::admin, "*"), Need::of(Action::operate)));
  EXPECT_FALSE(may(credential(Role::robot, "*"), Need::person()));
}

TEST_F(AuthenticatorTest, TakesRobotsByNameAndAtTheCommonAddress) {
  const auto auth = closed();
  const auto rover = bearing(credential(Role::robot, "rover"));
  EXPECT_FALSE(auth.judge_robot(request("GET", "/rover", rover)).refusal);
  EXPECT_FALSE(auth.judge_robot(request("GET", "/ws", rover)).refusal);
  EXPECT_EQ(auth.judge_robot(request("GET", "/digger", rover)).refusal, Refusal::forbidden);
  EXPECT_EQ(auth.judge_robot(request("GET", "/rover", bearing(credential(Role::drive, "*")))).refusal,
            Refusal::forbidden);
}

TEST_F(AuthenticatorTest, RefusesCookiesOfOtherSitesPagesUnlessTheSiteIsNamed) {
  const auto auth = closed();
  const auto from = [&](const std::string& origin) {
    auto headers = std::map<std::string, std::string>{{"host", "robots.example"}, {"origin", origin}};
    headers["cookie"] =
        std::string(access::cookie_name(access::Cookie::token, false)) + "=" + token(credential(Role::drive, "*"));
    return request("POST", "/rover", headers);
  };
  const auto need = Need::of(Action::connect, kRover);
  EXPECT_FALSE(auth.judge(from("http://robots.example"), need, {}).refusal);
  EXPECT_TRUE(auth.judge(from("http://robots.example"), need, {}).may_sign_out);
  EXPECT_EQ(auth.judge(from("https://evil.example"), need, {}).refusal, Refusal::forbidden);
  const auto any = value_or_throw(AllowedOrigins::parse({"*"}));
  EXPECT_EQ(auth.judge(from("https://evil.example"), need, any).refusal, Refusal::forbidden);
  const auto named = value_or_throw(AllowedOrigins::parse({"https://app.example"}));
  EXPECT_FALSE(auth.judge(from("https://app.example"), need, named).refusal);
}

TEST_F(AuthenticatorTest, TellsWhyACredentialHasEnded) {
  const auto auth = closed();
  auto grant = credential(Role::drive, "*");
  grant.secret = secrets_.signing().name;
  EXPECT_FALSE(auth.why_ended(grant));
  grant.expires = unix_now() - 1s;
  EXPECT_TRUE(auth.why_ended(grant));
  EXPECT_TRUE(auth.why_ended(std::string_view("gone/id")));
}

/// A program that knows its users by a header field.
std::optional<access::Credential> by_header(const net::HttpRequest& request) {
  const auto user = request.headers.find("x-user");
  if (user == request.headers.end()) return std::nullopt;
  auto grant = credential(user->second == "robot" ? Role::robot : Role::drive, "rover", user->second);
  grant.id.clear();
  return grant;
}

TEST(HookAuthenticator, KnowsWhomTheProgramKnowsAndNobodyElse) {
  const auto auth = value_or_throw(Authenticator::make({.authenticate = by_header}));
  const auto need = Need::of(Action::connect, kRover);
  EXPECT_FALSE(auth.is_open());
  EXPECT_EQ(auth.judge(request("POST", "/rover"), need, {}).refusal, Refusal::unauthorized);
  EXPECT_EQ(auth.judge(request("POST", "/rover", {{"authorization", "Bearer x"}}), need, {}).refusal,
            Refusal::unauthorized);
  const auto ann = auth.judge(request("POST", "/rover", {{"x-user", "ann"}}), need, {});
  EXPECT_FALSE(ann.refusal);
  EXPECT_EQ(ann.grant->owner, "ann");
  EXPECT_EQ(ann.relay_owner().label, "ann");
  EXPECT_TRUE(ann.permissions_for(kRover).expires_in) << "the robot ends the viewer itself";
  EXPECT_EQ(auth.judge(request("POST", "/digger", {{"x-user", "ann"}}), Need::of(Action::connect, kDigger), {}).refusal,
            Refusal::forbidden);
}

TEST(HookAuthenticator, KnowsRobotsAndProtectsBrowsersFromOtherSites) {
  const auto auth = value_or_throw(Authenticator::make({.authenticate = by_header}));
  EXPECT_EQ(auth.judge_robot(request("GET", "/rover")).refusal, Refusal::unauthorized);
  EXPECT_FALSE(auth.judge_robot(request("GET", "/rover", {{"x-user", "robot"}})).refusal);
  EXPECT_EQ(auth.judge_robot(request("GET", "/rover", {{"x-user", "ann"}})).refusal, Refusal::forbidden);
  const auto foreign =
      request("POST", "/rover", {{"x-user", "ann"}, {"host", "robots.example"}, {"origin", "https://evil.example"}});
  EXPECT_EQ(auth.judge(foreign, Need::of(Action::connect, kRover), {}).refusal, Refusal::forbidden);
}

TEST_F(AuthenticatorTest, TakesTokensBesideTheProgramsOwnIdentities) {
  const auto auth = value_or_throw(Authenticator::make({.secret_text = secrets_.text(), .authenticate = by_header}));
  const auto need = Need::of(Action::connect, kRover);
  EXPECT_FALSE(auth.judge(request("POST", "/rover", bearing(credential(Role::drive, "*"))), need, {}).refusal);
  EXPECT_FALSE(auth.judge(request("POST", "/rover", {{"x-user", "ann"}}), need, {}).refusal);
  EXPECT_FALSE(auth.judge_robot(request("GET", "/rover", bearing(credential(Role::robot, "rover")))).refusal);
}

TEST(HookAuthenticator, SaysThatItHasNoSignInPage) {
  auto auth = value_or_throw(Authenticator::make({.authenticate = by_header}));
  auto form = request("POST", "/login");
  form.body = "token=abc.def.ghi";
  const auto answer = auth.login(form, {});
  EXPECT_EQ(answer.status, 401);
  EXPECT_THAT(answer.body, HasSubstr("Not signed in"));
}

}  // namespace
}  // namespace rtcbot::server
