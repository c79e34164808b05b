#include "page_assets.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes.hpp"

namespace rtcbot::server {
namespace {

namespace fs = std::filesystem;
using test::field;
using test::request;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class PageAssetsTest : public testing::Test {
 protected:
  PageAssetsTest() {
    std::string made = (fs::temp_directory_path() / "page-assets-XXXXXX").string();
    EXPECT_NE(::mkdtemp(made.data()), nullptr);
    folder_ = made;
  }
  ~PageAssetsTest() override { fs::remove_all(folder_); }

  void write(const fs::path& name, const std::string& content) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << content;
  }
  [[nodiscard]] PageAssets make(PageAssets::Options options = {}) {
    return value_or_throw(PageAssets::make(options, relays_));
  }

  fs::path folder_;
  IceServerProvider relays_{{.stun = {"stun:stun.example"}}, 1};
};

TEST_F(PageAssetsTest, ShowsTheBuiltInPageWithAPolicyForItsOwnScriptsAlone) {
  auto assets = make();
  EXPECT_FALSE(assets.is_own());
  const auto page = assets.robot_page(request("GET", "/"), {});
  EXPECT_THAT(page.body, AllOf(HasSubstr("<video"), HasSubstr("stun:stun.example"), Not(HasSubstr("rtcbotDoors = "))));
  EXPECT_THAT(field(page, "Content-Security-Policy"), HasSubstr("script-src 'sha256-"));
  EXPECT_THAT(assets.robot_page(request("GET", "/"), {.watch_only = true}).body, HasSubstr("\"watchOnly\":true"));
  EXPECT_FALSE(assets.file(request("GET", "/app.js")));
}

TEST_F(PageAssetsTest, TellsTheLibraryWhereToAskForServersInPlaceOfNamingThem) {
  auto assets = make({.asks_for_servers = true});
  EXPECT_THAT(assets.script().body, HasSubstr("iceServersUrl: new URL(\"api/ice-servers\""));
  EXPECT_THAT(assets.module().body, HasSubstr("import.meta.url"));
}

TEST_F(PageAssetsTest, ShowsAFileOfTheUser) {
  write("own.html", "<p>mine</p>");
  auto assets = make({.page = (folder_ / "own.html").string()});
  EXPECT_TRUE(assets.is_own());
  const auto page = assets.robot_page(request("GET", "/"), {.sign_out = true});
  EXPECT_EQ(page.body, "<p>mine</p>");
  EXPECT_EQ(field(page, "Content-Security-Policy"), "frame-ancestors 'none'");
}

TEST_F(PageAssetsTest, ShowsAWebAppWithItsFiles) {
  write("index.html", "<p>app</p>");
  write("assets/app-1a2b.js", "run()");
  auto assets = make({.page = folder_.string()});
  EXPECT_TRUE(assets.is_own());
  const auto page = assets.robot_page(request("GET", "/rover"), {});
  EXPECT_EQ(page.body, "<p>app</p>");
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(field(page, "Content-Security-Policy"), "frame-ancestors 'none'");
  const auto script = assets.file(request("GET", "/assets/app-1a2b.js"));
  ASSERT_TRUE(script);
  EXPECT_EQ(script->body, "run()");
  EXPECT_FALSE(assets.file(request("GET", "/assets/none.js")));
  EXPECT_FALSE(assets.file(request("POST", "/assets/app-1a2b.js")));
  EXPECT_EQ(assets.file(request("GET", "/assets/app-1a2b.js", {{"if-none-match", field(*script, "ETag")}}))->status,
            304);
}

TEST_F(PageAssetsTest, SaysWhichPageItCannotRead) {
  const auto missing = PageAssets::make({.page = (folder_ / "none.html").string()}, relays_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), Errc::bad_config);
  EXPECT_THAT(missing.error().what(), HasSubstr("none.html"));
  const auto empty = PageAssets::make({.page = folder_.string()}, relays_);
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error().what(), HasSubstr("index.html"));
}

}  // namespace
}  // namespace rtcbot::server
