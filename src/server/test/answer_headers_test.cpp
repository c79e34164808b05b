#include "answer_headers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes.hpp"

namespace rtcbot::server {
namespace {

using test::field;
using test::request;
using testing::HasSubstr;

AnswerHeaders headers_for(const std::vector<std::string>& origins, bool asks_for_tls = false) {
  return AnswerHeaders(
      {.allowed_origins = value_or_throw(AllowedOrigins::parse(origins)), .asks_for_tls = asks_for_tls});
}

TEST(AnswerHeaders, LetsNamedOriginsReadAnswersWithCredentials) {
  const auto headers = headers_for({"https://app.example"});
  const auto answer = headers.finished(request("GET", "/api/robots", {{"origin", "https://app.example"}}), {});
  EXPECT_EQ(field(answer, "Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(field(answer, "Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(field(answer, "Vary"), "Origin");
  const auto other = headers.finished(request("GET", "/api/robots", {{"origin", "https://evil.example"}}), {});
  EXPECT_EQ(field(other, "Access-Control-Allow-Origin"), "");
  EXPECT_EQ(field(other, "Vary"), "Origin");
}

TEST(AnswerHeaders, LetsAnyOriginReadAnswersWithoutCredentials) {
  const auto answer =
      headers_for({"*"}).finished(request("GET", "/api/robots", {{"origin", "https://any.example"}}), {});
  EXPECT_EQ(field(answer, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(field(answer, "Access-Control-Allow-Credentials"), "");
}

TEST(AnswerHeaders, SharesNeitherSigningInNorMetrics) {
  const auto headers = headers_for({"*"});
  for (const char* path : {"/login", "/logout", "/metrics"}) {
    SCOPED_TRACE(path);
    EXPECT_EQ(field(headers.finished(request("GET", path), {}), "Vary"), "");
    EXPECT_FALSE(headers.preflight(request("OPTIONS", path)));
  }
}

TEST(AnswerHeaders, AnswersPreflightsWhereOtherOriginsMayConnect) {
  EXPECT_FALSE(headers_for({}).preflight(request("OPTIONS", "/rover")));
  const auto headers = headers_for({"https://app.example"});
  EXPECT_FALSE(headers.preflight(request("GET", "/rover")));
  const auto answer =
      headers.preflight(request("OPTIONS", "/rover", {{"access-control-request-private-network", "true"}}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(field(*answer, "Access-Control-Allow-Headers"), "Authorization, Content-Type");
  EXPECT_EQ(field(*answer, "Access-Control-Allow-Private-Network"), "true");
}

TEST(AnswerHeaders, AsksForTlsOnlyInAnswersThatCameByIt) {
  const auto headers = headers_for({}, true);
  auto secure = request("GET", "/");
  EXPECT_EQ(field(headers.finished(secure, {}), "Strict-Transport-Security"), "");
  secure.is_secure = true;
  EXPECT_THAT(field(headers.finished(secure, {}), "Strict-Transport-Security"), HasSubstr("max-age"));
  EXPECT_EQ(field(headers_for({}).finished(secure, {}), "Strict-Transport-Security"), "");
}

}  // namespace
}  // namespace rtcbot::server
