#include "rtcbot/http/static_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtcbot::http {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

class StaticFolderTest : public testing::Test {
 protected:
  StaticFolderTest() {
    std::string made = (fs::temp_directory_path() / "static-folder-XXXXXX").string();
    EXPECT_NE(::mkdtemp(made.data()), nullptr);
    root_ = made;
    write("outside.txt", "private");
    fs::create_directories(app());
  }
  ~StaticFolderTest() override { fs::remove_all(root_); }

  [[nodiscard]] fs::path app() const { return root_ / "app"; }
  void write(const fs::path& path, const std::string& content) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << content;
  }
  [[nodiscard]] StaticFolder open() const { return value_or_throw(StaticFolder::open(app().string())); }
  [[nodiscard]] net::HttpResponse get(std::string_view path, const std::string& if_none_match = {}) const {
    net::HttpRequest request{
        .method = "GET", .path = "/", .query = {}, .headers = {}, .body = {}, .remote_address = {}};
    if (!if_none_match.empty()) request.headers["if-none-match"] = if_none_match;
    return open().respond(request, path);
  }

  fs::path root_;
};

std::string field(const net::HttpResponse& response, std::string_view name) {
  for (const auto& [each, value] : response.headers) {
    if (each == name) return value;
  }
  return {};
}

TEST_F(StaticFolderTest, ServesFilesWithTheirContentTypes) {
  write("app/index.html", "<p>hello</p>");
  write("app/assets/app-1a2b.js", "run()");
  EXPECT_EQ(get("").body, "<p>hello</p>");
  EXPECT_EQ(get("").content_type, "text/html; charset=utf-8");
  const auto script = get("assets/app-1a2b.js");
  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(script.body, "run()");
  EXPECT_EQ(script.content_type, "application/javascript; charset=utf-8");
}

TEST_F(StaticFolderTest, ServesTheIndexOfAFolderAndRedirectsToItsSlash) {
  write("app/help/index.html", "help");
  EXPECT_EQ(get("help/").body, "help");
  const auto without_slash = get("help");
  EXPECT_EQ(without_slash.status, 308);
  EXPECT_EQ(field(without_slash, "Location"), "./help/");
}

TEST_F(StaticFolderTest, RefusesEveryWayOutOfTheFolder) {
  write("app/a.txt", "a");
  fs::create_symlink(root_ / "outside.txt", app() / "link.txt");
  fs::create_directory_symlink(root_, app() / "up");
  for (const std::string path : {"../outside.txt", "a/../../outside.txt", "..", "./a.txt", "/etc/passwd",
                                 "//etc/passwd", "link.txt", "up/outside.txt", "up", "..\\outside.txt"}) {
    SCOPED_TRACE(path);
    EXPECT_EQ(open().read(path).error().code(), Errc::bad_address);
    EXPECT_EQ(get(path).status, 404);
  }
  EXPECT_FALSE(open().read(std::string_view("a.txt\0.png", 10)));
}

TEST_F(StaticFolderTest, RefusesHiddenFilesAndWhatIsNoFile) {
  write("app/.env", "SECRET=1");
  write("app/.git/config", "x");
  ASSERT_EQ(::mkfifo((app() / "pipe").c_str(), 0600), 0);
  for (const char* path : {".env", ".git/config", "pipe", "nothing.html"}) {
    SCOPED_TRACE(path);
    EXPECT_EQ(get(path).status, 404);
  }
}

TEST_F(StaticFolderTest, AnswersThatTheBrowserHasTheFileAlready) {
  write("app/index.html", "one");
  const auto first = get("");
  const auto tag = field(first, "ETag");
  EXPECT_THAT(first.headers, Contains(Pair("Cache-Control", "no-cache")));
  const auto second = get("", "W/\"other\", " + tag);
  EXPECT_EQ(second.status, 304);
  EXPECT_TRUE(second.body.empty());
  EXPECT_EQ(field(second, "ETag"), tag);
  write("app/index.html", "two");
  EXPECT_EQ(get("", tag).body, "two");
}

TEST_F(StaticFolderTest, SaysThatItIsNoFolder) {
  const auto opened = StaticFolder::open((root_ / "outside.txt").string());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), Errc::bad_config);
  EXPECT_THAT(opened.error().what(), HasSubstr("outside.txt"));
}

TEST_F(StaticFolderTest, RefusesAFileOverTheLimit) {
  write("app/large.bin", "");
  fs::resize_file(app() / "large.bin", StaticFolder::kMaxFile + 1);
  EXPECT_EQ(open().read("large.bin").error().code(), Errc::too_large);
}

TEST(ContentType, ComesFromTheExtensionInAnyCase) {
  EXPECT_EQ(content_type_of("a/b.HTML"), "text/html; charset=utf-8");
  EXPECT_EQ(content_type_of("photo.JPG"), "image/jpeg");
  EXPECT_EQ(content_type_of("module.wasm"), "application/wasm");
  EXPECT_EQ(content_type_of("html"), "application/octet-stream");
  EXPECT_EQ(content_type_of("a.html/b"), "application/octet-stream");
}

TEST(EntityTag, IsEqualForEqualContentsAlone) {
  EXPECT_EQ(entity_tag("abc"), entity_tag("abc"));
  EXPECT_NE(entity_tag("abc"), entity_tag("abd"));
  EXPECT_TRUE(names_tag("\"x\", *", "\"y\""));
  EXPECT_FALSE(names_tag("", "\"y\""));
  EXPECT_FALSE(names_tag("\"x\"", "\"y\""));
}

}  // namespace
}  // namespace rtcbot::http
