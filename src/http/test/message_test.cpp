#include "rtcbot/http/message.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtcbot {
namespace {

using testing::HasSubstr;
using testing::Not;

HttpRequest request_with(std::string body) {
  HttpRequest request;
  request.body = std::move(body);
  return request;
}

/// The answer to a handler that throws `error`.
template <class E>
HttpResponse answer_to(const E& error, std::string* thrown = nullptr) {
  return http::run_handler([&](const HttpRequest&) -> HttpResponse { throw error; }, {},
                           [&](const std::string& what) {
                             if (thrown != nullptr) *thrown = what;
                           });
}

TEST(HttpMessage, ReadsTheBodyAsJson) {
  EXPECT_EQ(request_with(R"({"n": 21})").json().at("n"), 21);
  EXPECT_THROW((void)request_with("{").json(), Error);
  EXPECT_THROW((void)request_with(std::string(100, '[') + std::string(100, ']')).json(), Error);
}

TEST(HttpMessage, WritesTextThatIsNotUtf8) {
  EXPECT_THAT(HttpResponse::refusal(404, "not_found", "no \xff here").body, HasSubstr("not_found"));
}

TEST(RunHandler, TurnsErrorsIntoRefusalsThatPagesKnow) {
  EXPECT_EQ(answer_to(Error(Errc::bad_message, "no JSON")).status, 400);
  EXPECT_EQ(answer_to(Error(Errc::too_large, "too much")).status, 413);
  EXPECT_EQ(answer_to(Error(Errc::queue_full, "later")).status, 429);
  EXPECT_EQ(answer_to(Error(Errc::timeout, "no answer")).status, 504);
  EXPECT_EQ(answer_to(Error(Errc::closed, "gone")).status, 502);
  EXPECT_THAT(answer_to(Error(Errc::timeout, "no answer")).body, HasSubstr("no answer"));
}

TEST(RunHandler, KeepsTheTextOfOtherExceptionsFromClients) {
  std::string thrown;
  const auto answer = answer_to(std::runtime_error("a secret path"), &thrown);
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, Not(HasSubstr("secret")));
  EXPECT_EQ(thrown, "a secret path");
}

}  // namespace
}  // namespace rtcbot
