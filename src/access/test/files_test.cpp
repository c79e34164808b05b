#include "rtcbot/access/files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/tokens.hpp"

namespace rtcbot::access {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Files : public ::testing::Test {
 protected:
  Files() {
    std::string name = std::filesystem::temp_directory_path() / "rtcbot-access-XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~Files() override { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::string path(const std::string& name) const { return directory_ + "/" + name; }
  Keyring keyring() { return value_or_throw(Keyring::open(path("secrets"), path("revoked"))); }
  LogSink log() {
    return [this](const LogRecord& record) { said_.push_back(record.message); };
  }

  std::string directory_;
  std::vector<std::string> said_;
};

TEST_F(Files, AreMadeOnFirstUseForTheOwnerAlone) {
  const auto ring = keyring();
  struct stat status {};
  ASSERT_EQ(::stat(path("secrets").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(keyring().secrets(), ring.secrets()) << "the second start finds them";
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory_)) ++files;
  EXPECT_EQ(files, 1u) << "nothing is left beside them";
}

TEST_F(Files, ThatOthersMayReadAreRefusedWithTheRemedy) {
  keyring();
  for (const auto mode : {0644, 0604, 0620, 0602}) {
    ::chmod(path("secrets").c_str(), static_cast<mode_t>(mode));
    const auto opened = Keyring::open(path("secrets"), path("revoked"));
    ASSERT_FALSE(opened) << std::oct << mode;
    EXPECT_THAT(opened.error().what(), HasSubstr("chmod 600"));
  }
  ::chmod(path("secrets").c_str(), 0640);
  EXPECT_TRUE(Keyring::open(path("secrets"), path("revoked"))) << "a group may be meant to read it";
}

TEST_F(Files, AreRereadWhenTheyChange) {
  auto ring = keyring();
  EXPECT_FALSE(ring.refresh(log()));
  const auto rotated = ring.secrets().rotated(make_secret(), 1);
  ASSERT_TRUE(write_private_file(path("secrets"), rotated.text()));
  EXPECT_TRUE(ring.refresh(log()));
  EXPECT_EQ(ring.secrets(), rotated);
  Revocations revocations;
  revocations.add("id-1", kNow);
  ASSERT_TRUE(write_private_file(path("revoked"), revocations.text()));
  EXPECT_TRUE(ring.refresh(log()));
  EXPECT_TRUE(ring.revocations().contains("id-1"));
  EXPECT_FALSE(ring.refresh(log()));
  EXPECT_EQ(said_.size(), 2u);
}

TEST_F(Files, ThatAreNoGoodChangeNothingAndAreReportedOnce) {
  auto ring = keyring();
  const auto before = ring.secrets();
  for (const char* bad : {"", "nonsense", "a short"}) {
    said_.clear();
    ASSERT_TRUE(write_private_file(path("secrets"), bad));
    EXPECT_FALSE(ring.refresh(log()));
    EXPECT_FALSE(ring.refresh(log()));
    EXPECT_EQ(ring.secrets(), before);
    EXPECT_THAT(said_, ElementsAre(HasSubstr("stay in use")));
  }
  std::filesystem::remove(path("secrets"));
  EXPECT_FALSE(ring.refresh(log()));
  EXPECT_EQ(ring.secrets(), before);
}

TEST_F(Files, ThatAreGoneRevokeNoLessThanBefore) {
  Revocations revocations;
  revocations.add("id-1", kNow);
  ASSERT_TRUE(write_private_file(path("revoked"), revocations.text()));
  auto ring = keyring();
  std::filesystem::remove(path("revoked"));
  EXPECT_FALSE(ring.refresh(log()));
  EXPECT_TRUE(ring.revocations().contains("id-1"));
  EXPECT_THAT(said_, ElementsAre(HasSubstr("no longer exists")));
}

TEST_F(Files, DoNotPutSecretsIntoTheLog) {
  auto ring = keyring();
  const auto key = ring.secrets().signing().key;
  ASSERT_TRUE(write_private_file(path("secrets"), "x " + key + "\nx " + key));
  ring.refresh(log());
  ASSERT_TRUE(write_private_file(path("secrets"), "y " + key));
  ring.refresh(log());
  EXPECT_EQ(said_.size(), 2u);
  for (const auto& line : said_) EXPECT_EQ(line.find(key), std::string::npos) << line;
}

TEST(Keyrings, OfATextHaveNothingToReread) {
  auto ring = Keyring::of_text(Secrets(secret()).text());
  ASSERT_TRUE(ring);
  EXPECT_FALSE(ring->refresh({}));
  EXPECT_FALSE(Keyring::of_text("nonsense"));
}

}  // namespace
}  // namespace rtcbot::access
