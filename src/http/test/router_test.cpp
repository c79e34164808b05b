#include "rtcbot/http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtcbot::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

PathPattern pattern(std::string_view text) { return value_or_throw(PathPattern::parse(text)); }

/// A router whose routes carry their own names.
class RouterTest : public testing::Test {
 protected:
  void add(const std::string& method, const std::string& path) {
    ASSERT_TRUE(router_.add(method, path, method + " " + path));
  }
  [[nodiscard]] std::string at(const std::string& method, std::string_view path) const {
    const auto found = router_.find(method, path);
    return found.route != nullptr ? *found.route : found.allow.empty() ? "nothing" : "only " + found.allow;
  }
  Router<std::string> router_;
};

TEST_F(RouterTest, FindsARouteByItsMethodAndPath) {
  add("GET", "/");
  add("GET", "/api/robots");
  add("POST", "/connect");
  EXPECT_EQ(at("GET", "/"), "GET /");
  EXPECT_EQ(at("GET", "/api/robots"), "GET /api/robots");
  EXPECT_EQ(at("POST", "/connect"), "POST /connect");
  EXPECT_EQ(at("GET", "/api"), "nothing");
  EXPECT_EQ(at("GET", "/api/robots/"), "nothing");
  EXPECT_EQ(at("GET", "/api/robots/rover"), "nothing");
  EXPECT_EQ(at("GET", ""), "nothing");
}

TEST_F(RouterTest, GivesTheParametersOfThePath) {
  add("GET", "/api/robots/{robot}/snapshot.jpg");
  const auto found = router_.find("GET", "/api/robots/rover/snapshot.jpg");
  ASSERT_NE(found.route, nullptr);
  EXPECT_THAT(found.parameters, ElementsAre(Pair("robot", "rover")));
  EXPECT_EQ(at("GET", "/api/robots//snapshot.jpg"), "nothing");
  EXPECT_EQ(at("GET", "/api/robots/a/b/snapshot.jpg"), "nothing");
}

TEST_F(RouterTest, GivesTheRestOfThePathWhichMayBeEmpty) {
  add("GET", "/files/{path...}");
  EXPECT_THAT(router_.find("GET", "/files/a/b.js").parameters, ElementsAre(Pair("path", "a/b.js")));
  EXPECT_THAT(router_.find("GET", "/files/").parameters, ElementsAre(Pair("path", "")));
  EXPECT_EQ(at("GET", "/files"), "nothing");
}

TEST_F(RouterTest, LetsTheMostSpecificPatternDecideWhateverTheOrder) {
  add("GET", "/{rest...}");
  add("GET", "/{robot}");
  add("GET", "/status");
  add("GET", "/{robot}/log");
  add("GET", "/status/{what}");
  EXPECT_EQ(at("GET", "/status"), "GET /status");
  EXPECT_EQ(at("GET", "/rover"), "GET /{robot}");
  EXPECT_EQ(at("GET", "/a/b"), "GET /{rest...}");
  EXPECT_EQ(at("GET", "/"), "GET /{rest...}");
  EXPECT_EQ(at("GET", "/status/log"), "GET /status/{what}");
  EXPECT_EQ(at("GET", "/rover/log"), "GET /{robot}/log");
}

TEST_F(RouterTest, ReportsTheMethodsOfThePatternThatDecides) {
  add("GET", "/{robot}");
  add("POST", "/{robot}");
  add("POST", "/connect");
  EXPECT_EQ(at("DELETE", "/rover"), "only GET, HEAD, POST");
  EXPECT_EQ(at("GET", "/connect"), "only POST");
  EXPECT_TRUE(router_.find("GET", "/a/b").allow.empty());
}

TEST_F(RouterTest, RefusesASecondRouteForTheSameMethodAndOtherNamesForTheSamePaths) {
  add("GET", "/{robot}");
  EXPECT_EQ(router_.add("GET", "/{robot}", "again").error().code(), Errc::bad_config);
  EXPECT_EQ(router_.add("POST", "/{name}", "other").error().code(), Errc::bad_config);
  EXPECT_EQ(at("GET", "/rover"), "GET /{robot}");
  EXPECT_EQ(at("POST", "/rover"), "only GET, HEAD");
}

TEST_F(RouterTest, ReplacesARouteWhereThatIsAskedFor) {
  add("GET", "/{robot}");
  ASSERT_TRUE(router_.set("GET", "/{robot}", "again"));
  EXPECT_EQ(at("GET", "/rover"), "again");
}

TEST(PathPattern, RefusesTextThatIsNoPattern) {
  for (const char* text : {"", "a", "/a?b", "/a#b", "/{", "/{}", "/{a", "/a}", "/x{a}", "/{a}x", "/{a...}/b", "/{...}",
                           "/{a b}", "/{a}/{a}", "/{a}/{a...}"}) {
    SCOPED_TRACE(text);
    const auto parsed = PathPattern::parse(text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code(), Errc::bad_config);
    EXPECT_THAT(parsed.error().what(), HasSubstr("is not a pattern of paths"));
  }
}

TEST(PathPattern, MatchesSegmentsExactly) {
  EXPECT_THAT(*pattern("/").match("/"), IsEmpty());
  EXPECT_FALSE(pattern("/a").match("/A"));
  EXPECT_FALSE(pattern("/a").match("/ab"));
  EXPECT_FALSE(pattern("/a").match("a"));
  EXPECT_TRUE(pattern("/a/").match("/a/"));
  EXPECT_THAT(*pattern("/{a}/{b}").match("/1/2"), ElementsAre(Pair("a", "1"), Pair("b", "2")));
}

TEST(AllowField, NamesHeadBesideGet) {
  EXPECT_EQ(allow_field({"GET", "POST"}), "GET, HEAD, POST");
  EXPECT_EQ(allow_field({"POST"}), "POST");
}

}  // namespace
}  // namespace rtcbot::http
