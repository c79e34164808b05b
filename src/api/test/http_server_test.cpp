#include "rtcbot/http_server.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtcbot/javascript.hpp"
#include "rtcbot/log.hpp"
#include "support/certificates.hpp"
#include "support/eventually.hpp"
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

TEST_F(HttpServerTest, GivesTheHandlerThePartsOfThePath) {
  server_.get("/motors/{motor}",
              [](const HttpRequest& request) { return HttpResponse::text("motor " + request.parameters.at("motor")); });
  server_.get("/motors/all", [](const HttpRequest&) { return HttpResponse::text("all of them"); });
  EXPECT_THAT(ask("GET", "/motors/left"), HasSubstr("motor left"));
  EXPECT_THAT(ask("GET", "/motors/all"), HasSubstr("all of them"));
  EXPECT_THAT(ask("GET", "/motors/"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(ask("POST", "/motors/left"), AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD\r\n")));
  EXPECT_THROW(server_.get("motors", [](const HttpRequest&) { return HttpResponse::text(""); }), Error);
}

TEST_F(HttpServerTest, ReplacesAHandlerAlsoWhileItListens) {
  server_.get("/state", [](const HttpRequest&) { return HttpResponse::text("starting"); });
  EXPECT_THAT(ask("GET", "/state"), HasSubstr("starting"));
  server_.get("/state", [](const HttpRequest&) { return HttpResponse::text("running"); });
  EXPECT_THAT(ask("GET", "/state"), HasSubstr("running"));
}

TEST_F(HttpServerTest, ServesTheFilesOfAFolderAndNoneBesideIt) {
  std::string made = (std::filesystem::temp_directory_path() / "http-server-XXXXXX").string();
  ASSERT_NE(::mkdtemp(made.data()), nullptr);
  std::filesystem::create_directory(made + "/app");
  std::ofstream(made + "/app/index.html") << "<p>app</p>";
  std::ofstream(made + "/outside.txt") << "private";
  server_.folder("/app/", made + "/app");
  EXPECT_THAT(ask("GET", "/app/"), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("text/html"), HasSubstr("<p>app</p>")));
  for (const char* path : {"/app/none.js", "/app/../outside.txt", "/app/%2e%2e/outside.txt"}) {
    SCOPED_TRACE(path);
    EXPECT_THAT(ask("GET", path), AllOf(StartsWith("HTTP/1.1 40"), Not(HasSubstr("private"))));
  }
  EXPECT_THROW(server_.folder("/app", made), Error);
  EXPECT_THROW(server_.folder("/none/", made + "/none"), Error);
  std::filesystem::remove_all(made);
}

TEST_F(HttpServerTest, GivesTheHandlerOfAWebsocketItsRequest) {
  QueueSubscription<std::string> opened;
  server_.websocket("/robots/{robot}", [&](const Websocket&, const HttpRequest& request) {
    opened.put_nowait(request.parameters.at("robot"));
  });
  server_.start();
  const Websocket socket("ws://127.0.0.1:" + std::to_string(server_.port()) + "/robots/rover");
  EXPECT_EQ(opened.get(test::kTimeout), "rover");
}

TEST(HttpServerTls, SpeaksTlsWithItsCertificateAndReadsItAgain) {
  set_log({});
  net::test::CertifiedPair pair;
  HttpServer server(
      {.address = "127.0.0.1", .port = 0, .tls_certificate = pair.files().certificate, .tls_key = pair.files().key});
  server.websocket("/ws", [](const Websocket& socket) { socket.put_nowait("hello"); });
  server.start();
  const Websocket client("wss://localhost:" + std::to_string(server.port()) + "/ws", {.ca_file = pair.ca_file()});
  EXPECT_EQ(client.get(test::kTimeout), "hello");
  EXPECT_THAT(test::http(server.port(), "GET", "/"), HasSubstr("Location: https://localhost"));
  EXPECT_TRUE(server.reload_certificate());
  pair.spoil();
  EXPECT_EQ(server.reload_certificate().error().code(), Errc::bad_config);
}

TEST(HttpServerTls, SaysThatACertificateNeedsItsKey) {
  HttpServer server({.address = "127.0.0.1", .port = 0, .tls_certificate = "certificate.pem"});
  EXPECT_THROW(server.start(), Error);
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
