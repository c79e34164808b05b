#include "page_headers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtcbot::server {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

std::string sources(const std::vector<std::string>& texts) {
  return value_or_throw(FrameAncestors::parse(texts)).sources();
}

TEST(FrameAncestors, AreNoneUnlessTheOperatorNamesSome) {
  EXPECT_EQ(sources({}), "'none'");
  EXPECT_EQ(sources({"none"}), "'none'");
  EXPECT_EQ(sources({"self", "https://Desk.example.org:443", "https://*.example.org"}),
            "'self' https://desk.example.org https://*.example.org");
}

TEST(FrameAncestors, ThatAreNoSitesAreRefused) {
  for (const char* text : {"*", "https:", "example.org", "https://a; script-src *", "https://a/b", "https://*"}) {
    EXPECT_FALSE(FrameAncestors::parse({text})) << text;
  }
}

TEST(PagePolicy, NamesEachScriptAndStyleByItsHash) {
  const auto policy = policy_of("<style>b{}</style><script>1;</script>\n<script>2;</script>", {});
  // printf '1;' | openssl dgst -sha256 -binary | base64
  EXPECT_THAT(policy, HasSubstr("script-src 'sha256-CImjRDTlhukYQ2AnxOi0wzgPhGQ3Mb3rVwJK24dFz1M='"));
  EXPECT_THAT(policy, HasSubstr("style-src 'sha256-"));
  EXPECT_THAT(policy, HasSubstr("worker-src 'self';"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
}

TEST(PagePolicy, OfAPageWithoutScriptsAllowsNone) {
  EXPECT_THAT(policy_of("<p>no</p>", {}), HasSubstr("script-src 'none'; style-src 'none'"));
}

TEST(PageHeaders, KeepOtherSitesOutOfPagesAndAnswers) {
  net::HttpResponse page{.content_type = "text/html; charset=utf-8", .body = "<p>x</p>"};
  add_page_headers(page, {});
  EXPECT_THAT(page.headers, Contains(Pair("Cross-Origin-Opener-Policy", "same-origin")));
  EXPECT_THAT(page.headers, Contains(Pair("Cross-Origin-Resource-Policy", "same-origin")));
  EXPECT_THAT(page.headers, Contains(Pair("Referrer-Policy", "same-origin")));
  EXPECT_THAT(page.headers, Contains(Pair("X-Frame-Options", "DENY")));
  net::HttpResponse json{.content_type = "application/json", .body = "{}"};
  add_page_headers(json, {});
  EXPECT_THAT(json.headers, Contains(Pair("Content-Security-Policy", "frame-ancestors 'none'")));
}

TEST(PageHeaders, LeaveWhatStandsThereAlready) {
  net::HttpResponse page{.content_type = "text/html", .body = "", .headers = {{"Content-Security-Policy", "mine"}}};
  add_page_headers(page, value_or_throw(FrameAncestors::parse({"self"})));
  EXPECT_THAT(page.headers, Contains(Pair("Content-Security-Policy", "mine")));
  EXPECT_THAT(page.headers, Not(Contains(Pair("X-Frame-Options", "DENY"))));
}

}  // namespace
}  // namespace rtcbot::server
