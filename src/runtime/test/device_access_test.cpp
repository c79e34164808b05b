#include "rtcbot/runtime/device_access.hpp"

#include <gmock/gmock.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace rtcbot::runtime {
namespace {

using testing::HasSubstr;

/// A file of this user's group.
struct File {
  explicit File(mode_t mode) {
    std::ofstream(path) << "text";
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
  }
  ~File() { std::filesystem::remove(path); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const std::string path = testing::TempDir() + "rtcbot-device-access-" + std::to_string(::getpid());
};

TEST(DeviceAccess, NamesTheCommandThatAddsTheUserToTheGroup) {
  const File file(0660);
  const group* dialout = ::getgrnam("dialout");
  if (dialout == nullptr || ::chown(file.path.c_str(), static_cast<uid_t>(-1), dialout->gr_gid) != 0) {
    GTEST_SKIP() << "only root can give the file to another group";
  }
  EXPECT_THAT(access_remedy(file.path), HasSubstr("the group dialout may: sudo usermod -aG dialout " + user_name()));
}

TEST(DeviceAccess, AsksAMemberToLogInAgain) {
  const File file(0660);
  EXPECT_THAT(access_remedy(file.path), HasSubstr("log in again"));
  EXPECT_THAT(access_remedy(file.path), testing::Not(HasSubstr("usermod")));
}

TEST(DeviceAccess, ProposesNoGroupThatMayNotOpenItEither) {
  const File file(0600);
  EXPECT_EQ(access_remedy(file.path), "only its owner may, see: ls -l " + file.path);
}

}  // namespace
}  // namespace rtcbot::runtime
