#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http_text.hpp"
#include "request_reader.hpp"
#include "request_target.hpp"
#include "send_queue.hpp"
#include "url.hpp"

namespace rtcbot::net {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Url, TakesAnAddressApart) {
  EXPECT_EQ(parse_url("ws://robot.local:8080/ws?name=a"), (Url{false, "robot.local", 8080, "/ws?name=a"}));
  EXPECT_EQ(parse_url("WSS://Robot/"), (Url{true, "Robot", 443, "/"}));
  EXPECT_EQ(parse_url("http://10.0.0.1"), (Url{false, "10.0.0.1", 80, "/"}));
  EXPECT_EQ(parse_url("https://a?b"), (Url{true, "a", 443, "/?b"}));
  EXPECT_EQ(parse_url("ws://[::1]:9/x"), (Url{false, "::1", 9, "/x"}));
}

TEST(Url, RefusesWhatIsNoAddress) {
  for (const auto* text : {"",
                           "ws",
                           "ws://",
                           "ws:///a",
                           "ftp://a",
                           "ws://a:0/",
                           "ws://a:65536/",
                           "ws://a:/",
                           "ws://a:b/",
                           "ws://a:+1/",
                           "ws://a b/",
                           "ws://a/\n",
                           "ws://a/#b",
                           "ws://u@a/",
                           "ws://u:p@a/",
                           "ws://[::1/",
                           "ws://[a]/",
                           "ws://[::1]8080/",
                           "ws://a\\b/",
                           "ws://::1/",
                           "ws://\xc3\xa4/"}) {
    SCOPED_TRACE(text);
    const auto url = parse_url(text);
    ASSERT_FALSE(url);
    EXPECT_EQ(url.error().code(), Errc::bad_address);
  }
}

TEST(Url, NeverQuotesAPassword) {
  EXPECT_THAT(parse_url("ws://me:secret@host/").error().what(), Not(HasSubstr("secret")));
}

TEST(Url, NamesThePortInTheHostFieldOnlyWhereItIsNotTheUsualOne) {
  EXPECT_EQ(host_field(*parse_url("ws://a:80/")), "a");
  EXPECT_EQ(host_field(*parse_url("wss://a:80/")), "a:80");
  EXPECT_EQ(host_field(*parse_url("ws://[::1]:8080/")), "[::1]:8080");
}

TEST(RequestTarget, DecodesThePathAndLeavesTheQuery) {
  EXPECT_EQ(parse_target("/a%20b/%C3%A4?c=%20d"), (RequestTarget{"/a b/\xc3\xa4", "c=%20d"}));
  EXPECT_EQ(parse_target("/?"), (RequestTarget{"/", ""}));
  EXPECT_EQ(parse_target("http://host:1/a?b"), (RequestTarget{"/a", "b"}));
  EXPECT_EQ(parse_target("http://host"), (RequestTarget{"/", ""}));
  EXPECT_EQ(parse_target("/a/..b/c.."), (RequestTarget{"/a/..b/c..", ""}));
}

TEST(RequestTarget, RefusesWhatIsMalformedOrClimbs) {
  for (const auto* target : {"", "a", "*", "?a", "/..", "/../a", "/a/..", "/a/%2e%2e/b", "/a%2f..%2fb", "/a%", "/a%2",
                             "/%zz", "/%00", "/a%0d%0ab", "/a\\..\\b", "/%5c", "/%7f", "/a#b"}) {
    SCOPED_TRACE(target);
    EXPECT_FALSE(parse_target(target));
  }
}

TEST(HttpText, WritesRefusalsAsJson) {
  const auto response = json_error(503, "busy", "say \"please\"\xff");

  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.body, "{\"error\":\"busy\",\"message\":\"say \\\"please\\\"\xef\xbf\xbd\"}");
}

TEST(HttpText, SaysAStatusInItsOwnWordsOrInNone) {
  EXPECT_THAT(response_head({.status = 303, .body = {}, .headers = {}}, true),
              testing::StartsWith("HTTP/1.1 303 See Other\r\n"));
  EXPECT_THAT(response_head({.status = 299, .body = {}, .headers = {}}, true),
              testing::StartsWith("HTTP/1.1 299 \r\n"));
}

TEST(HttpText, LeavesOutFieldsThatWouldSplitOrContradictTheAnswer) {
  const auto head = response_head({.status = 200,
                                   .body = "12345",
                                   .headers = {{"X-Good", "yes"},
                                               {"X-Bad", "a\r\nSet-Cookie: evil"},
                                               {"X Bad", "b"},
                                               {"content-length", "7"},
                                               {"Transfer-Encoding", "chunked"}}},
                                  false);

  EXPECT_EQ(head,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\nConnection: close\r\n"
            "X-Good: yes\r\n\r\n");
}

TEST(HttpText, JoinsRepeatedFields) {
  std::map<std::string, std::string> headers;
  add_header(headers, "Accept", "a");
  add_header(headers, "ACCEPT", "b");
  EXPECT_EQ(headers, (std::map<std::string, std::string>{{"accept", "a, b"}}));
}

TEST(HttpText, QuotesWithoutControlCharactersAndWholeCharacters) {
  EXPECT_EQ(quoted("a\n\x7f\xc3\xa4", 4), "a  ");
  EXPECT_EQ(quoted("a\n\x7f\xc3\xa4", 5), "a  \xc3\xa4");
}

TEST(HttpText, TellsARefusalByItsReason) {
  const auto error = refusal("ws://a/b", 409, R"({"error":"taken","message":"this name\nis taken"})");

  EXPECT_EQ(error.code(), Errc::refused);
  EXPECT_EQ(std::string(error.what()), "ws://a/b answered 409: this name is taken");
}

TEST(HttpText, TellsARefusalWithoutJsonByItsBody) {
  EXPECT_EQ(std::string(refusal("ws://a", 404, "gone").what()), "ws://a answered 404: gone");
  EXPECT_EQ(std::string(refusal("ws://a", 404, "").what()), "ws://a answered 404: Not Found");
  EXPECT_EQ(refusal("ws://a", 401, R"({"message":5})").code(), Errc::refused);
}

TEST(HttpText, TakesOtherAnswersForAFailedHandshake) {
  const auto error = refusal("ws://a", 200, "<html>" + std::string(1000, 'x'));

  EXPECT_EQ(error.code(), Errc::handshake_failed);
  EXPECT_THAT(error.what(), HasSubstr("<html>"));
  EXPECT_LT(std::string_view(error.what()).size(), 500U);
}

constexpr std::string_view kPost =
    "POST /a?b HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nx-two: 2\r\nContent-Length: 4\r\n\r\nbody";

TEST(RequestReader, ReadsARequestInWhateverPiecesItComes) {
  for (std::size_t piece = 1; piece <= kPost.size(); ++piece) {
    SCOPED_TRACE(piece);
    RequestReader reader({});
    std::string unread;
    auto status = RequestReader::Status::need_more;
    for (std::size_t at = 0; at < kPost.size(); at += piece) {
      unread += kPost.substr(at, piece);
      const auto progress = reader.feed(unread);
      unread.erase(0, progress.used);
      status = progress.status;
    }
    ASSERT_EQ(status, RequestReader::Status::complete);
    const auto read = reader.take();
    EXPECT_EQ(read.request.path, "/a");
    EXPECT_EQ(read.request.headers.at("x-two"), "1, 2");
    EXPECT_EQ(read.request.body, "body");
  }
}

TEST(RequestReader, LeavesWhatFollowsTheRequest) {
  RequestReader reader({});
  const auto progress = reader.feed(std::string(kPost) + "GET /next");
  EXPECT_EQ(progress.status, RequestReader::Status::complete);
  EXPECT_EQ(progress.used, kPost.size());
}

RequestReader::Status status_of(std::string_view bytes, RequestReader::Limits limits = {}) {
  return RequestReader(limits).feed(bytes).status;
}

TEST(RequestReader, ReadsChunks) {
  RequestReader reader({});
  const auto progress = reader.feed(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
  ASSERT_EQ(progress.status, RequestReader::Status::complete);
  EXPECT_EQ(reader.take().request.body, "abcde");
}

TEST(RequestReader, BoundsHeaderBodyAndChunkHeaders) {
  using Status = RequestReader::Status;
  const std::string begin = "POST / HTTP/1.1\r\nHost: h\r\n";
  const std::string chunked = begin + "Transfer-Encoding: chunked\r\n\r\n";
  const RequestReader::Limits limits{.header = 200, .body = 10};
  EXPECT_EQ(status_of(begin + "X: " + std::string(300, 'x'), limits), Status::header_too_large);
  EXPECT_EQ(status_of("GET /" + std::string(300, 'x'), limits), Status::header_too_large);
  EXPECT_EQ(status_of(begin + "Content-Length: 11\r\n\r\n", limits), Status::body_too_large);
  EXPECT_EQ(status_of(chunked + "b\r\n01234567890\r\n", limits), Status::body_too_large);
  for (const char* coding : {"xchunked", "identity", "gzip", "chunked, chunked", "chunked, identity", ""}) {
    EXPECT_EQ(status_of(begin + "Transfer-Encoding: " + coding + "\r\n\r\n", limits), Status::bad) << coding;
  }
  EXPECT_EQ(status_of(chunked + "1;" + std::string(300, 'x'), limits), Status::header_too_large);
}

TEST(RequestReader, RefusesWhatIsNoSoundRequest) {
  const std::string host = "Host: h\r\n";
  for (const auto& bytes : {std::string("\x16\x03\x01\x02\x03\r\n\r\n"), std::string("GET / HTTP/1.1\r\n\r\n"),
                            "GET / HTTP/1.1\r\n" + host + host + "\r\n", "GET /../a HTTP/1.1\r\n" + host + "\r\n",
                            "GET / HTTP/2.0\r\n" + host + "\r\n", "GET / HTTP/1.1\r\n" + host + "A b: c\r\n\r\n",
                            "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n",
                            "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
                            "POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n"}) {
    SCOPED_TRACE(bytes);
    EXPECT_EQ(status_of(bytes), RequestReader::Status::bad);
  }
}

TEST(SendQueue, BoundsTheBytesThatWaitAndEmptyMessagesToo) {
  SendQueue queue(3 * SendQueue::kOverhead);
  EXPECT_EQ(queue.push({}), true);
  EXPECT_EQ(queue.push({}), false);
  EXPECT_EQ(queue.push({}), false);
  EXPECT_EQ(queue.push({}).error().code(), Errc::queue_full);
  queue.pop();
  EXPECT_TRUE(queue.push({}));
}

TEST(SendQueue, KeepsWhatIsQueuedWhenItCloses) {
  SendQueue queue(1000);
  ASSERT_TRUE(queue.push({"a", true}));
  queue.close();
  EXPECT_EQ(queue.push({"b", false}).error().code(), Errc::closed);
  ASSERT_NE(queue.front(), nullptr);
  EXPECT_EQ(queue.front()->text, "a");
}

}  // namespace
}  // namespace rtcbot::net
