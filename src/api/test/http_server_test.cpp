#include "rtcbot/http_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtcbot/javascript.hpp"
#include "rtcbot/log.hpp"
#include "support/http_client.hpp"

namespace rtcbot {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class HttpServerTest : public testing::Test {
 protected:
  void SetUp() override { set_log({}); }
  std::string ask(const std::string& method, const std::string& path, const std::string& body = {}) {
    if (server_.port() == 0) server_.start();
    return test::http(server_.port(), method, path, body);
  }
  HttpServer server_{HttpServer::Options{.address = "127.0.0.1", .port = 0}};
};

TEST_F(HttpServerTest, AnswersARouteWithWhatItsHandlerGives) {
  server_.get("/hello", [](const HttpRequest&) { return HttpResponse::text("world"); });
  EXPECT_THAT(ask("GET", "/hello"), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("text/plain"), HasSubstr("world")));
}

TEST_F(HttpServerTest, GivesTheHandlerTheBodyAsJson) {
  server_.post("/double",
               [](const HttpRequest& request) { return HttpResponse::json(request.json().at("n").get<int>() * 2); });
  EXPECT_THAT(ask("POST", "/double", R"({"n": 21})"), HasSubstr("\r\n\r\n42"));
}

TEST_F(HttpServerTest, AnswersABodyThatIsNotJsonWithAReason) {
  server_.post("/json", [](const HttpRequest& request) { return HttpResponse::json(request.json()); });
  EXPECT_THAT(ask("POST", "/json", "{"), AllOf(StartsWith("HTTP/1.1 400"), HasSubstr(R"("error":"bad_offer")")));
}

TEST_F(HttpServerTest, AnswersAHandlerThatThrowsAndLives) {
  server_.get("/broken", [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("a secret path"); });
  server_.get("/slow", [](const HttpRequest&) -> HttpResponse { throw Error(Errc::timeout, "no answer"); });
  EXPECT_THAT(ask("GET", "/broken"), AllOf(StartsWith("HTTP/1.1 500"), Not(HasSubstr("a secret path"))));
  EXPECT_THAT(ask("GET", "/slow"), AllOf(StartsWith("HTTP/1.1 504"), HasSubstr("no answer")));
}

TEST_F(HttpServerTest, RefusesInTheWordsThatPagesKnow) {
  server_.get("/gone", [](const HttpRequest&) -> HttpResponse { throw Error(Errc::closed, "it hung up"); });
  server_.get("/slow", [](const HttpRequest&) -> HttpResponse { throw Error(Errc::timeout, "no answer"); });
  EXPECT_THAT(ask("GET", "/gone"), AllOf(StartsWith("HTTP/1.1 502"), HasSubstr(R"("error":"robot_left")")));
  EXPECT_THAT(ask("GET", "/slow"), AllOf(StartsWith("HTTP/1.1 504"), HasSubstr(R"("error":"robot_timeout")")));
}

TEST_F(HttpServerTest, TellsAWrongPathFromAWrongMethod) {
  server_.post("/connect", [](const HttpRequest&) { return HttpResponse::text(""); });
  EXPECT_THAT(ask("GET", "/nowhere"), AllOf(StartsWith("HTTP/1.1 404"), HasSubstr(R"("error":"not_found")")));
  EXPECT_THAT(ask("GET", "/connect"), AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("method_not_allowed")));
}

TEST_F(HttpServerTest, ServesTheBrowserLibrary) {
  server_.get("/rtcbot.js", [](const HttpRequest&) { return HttpResponse::javascript(std::string(get_rtcbot_js())); });
  EXPECT_THAT(ask("GET", "/rtcbot.js"), AllOf(HasSubstr("application/javascript"), HasSubstr("RTCConnection")));
}

TEST_F(HttpServerTest, SaysThatItsPortIsTaken) {
  server_.start();
  HttpServer second({.address = "127.0.0.1", .port = server_.port()});
  try {
    second.start();
    FAIL() << "did not throw";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::address_in_use);
  }
}

}  // namespace
}  // namespace rtcbot
