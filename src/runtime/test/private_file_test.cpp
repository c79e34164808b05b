#include "rtcbot/runtime/private_file.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace rtcbot::runtime {
namespace {

using ::testing::HasSubstr;

class PrivateFile : public ::testing::Test {
 protected:
  PrivateFile() {
    std::string made = (std::filesystem::temp_directory_path() / "private-XXXXXX").string();
    folder_ = mkdtemp(made.data());
    path_ = (folder_ / "token").string();
    std::ofstream(path_) << "secret\r\nsecond line\n";
  }
  ~PrivateFile() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  std::string path_;
};

TEST_F(PrivateFile, IsReadWhereItsOwnerAndItsGroupMayReadIt) {
  for (const mode_t mode : {0400U, 0440U, 0600U, 0640U}) {
    SCOPED_TRACE(mode);
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
    EXPECT_EQ(read_secret(path_).value(), "secret");
  }
}

TEST_F(PrivateFile, IsRefusedWhereOthersMayReadItOrTheGroupMayWriteIt) {
  for (const mode_t mode : {0604U, 0644U, 0602U, 0660U}) {
    SCOPED_TRACE(mode);
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
    const auto read = read_secret(path_);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), Errc::bad_config);
    EXPECT_THAT(read.error().what(), HasSubstr("run: chmod"));
  }
}

TEST_F(PrivateFile, IsNoFolderAndExists) {
  EXPECT_FALSE(check_private_file(folder_.string()));
  EXPECT_FALSE(check_private_file(path_ + "-none"));
}

TEST_F(PrivateFile, MayBeEmpty) {
  std::ofstream(path_, std::ios::trunc);
  ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
  EXPECT_EQ(read_secret(path_).value(), "");
}

}  // namespace
}  // namespace rtcbot::runtime
