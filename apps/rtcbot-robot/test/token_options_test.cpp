#include "rtcbot-robot/token_options.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace rtcbot::app {
namespace {

using ::testing::HasSubstr;

class Token : public ::testing::Test {
 protected:
  Token() {
    std::string made = (std::filesystem::temp_directory_path() / "token-XXXXXX").string();
    folder_ = mkdtemp(made.data());
    setenv("CREDENTIALS_DIRECTORY", folder_.c_str(), 1);
  }
  ~Token() override {
    unsetenv("CREDENTIALS_DIRECTORY");
    std::filesystem::remove_all(folder_);
  }
  std::string file(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const auto path = (folder_ / name).string();
    std::ofstream(path) << text;
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }
  std::filesystem::path folder_;
};

TEST_F(Token, IsNoneWhereNothingGivesOne) { EXPECT_EQ(token_of({}).value(), ""); }

TEST_F(Token, IsSystemdsCredentialWhereNothingElseIsGiven) {
  file("token", "of-systemd\n", 0440);
  EXPECT_EQ(token_of({}).value(), "of-systemd");
  EXPECT_EQ(token_of({.token = "given"}).value(), "given");
  EXPECT_EQ(token_of({.file = file("other", "of-file\n")}).value(), "of-file");
}

TEST_F(Token, OfAnEmptyCredentialIsNone) {
  file("token", "\n", 0440);
  EXPECT_EQ(token_of({}).value(), "");
}

TEST_F(Token, IsNotReadFromAFileThatOthersMayRead) {
  const auto token = token_of({.file = file("open", "secret", 0644)});
  ASSERT_FALSE(token);
  EXPECT_THAT(token.error().what(), HasSubstr("others may read"));
}

TEST_F(Token, IsGivenInOneWayAndIsOneWord) {
  EXPECT_FALSE(token_of({.token = "a", .file = file("both", "b")}));
  EXPECT_FALSE(token_of({.token = "two words"}));
  EXPECT_FALSE(token_of({.file = file("empty", "")}));
}

}  // namespace
}  // namespace rtcbot::app
