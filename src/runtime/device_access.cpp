#include "rtcbot/runtime/device_access.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

namespace rtcbot::runtime {
namespace {

constexpr std::size_t kMaxEntryBytes = 16'384;
constexpr int kMaxGroups = 1'024;

std::string group_name(gid_t id) {
  std::array<char, kMaxEntryBytes> buffer{};
  group entry{};
  group* found = nullptr;
  if (getgrgid_r(id, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return std::to_string(id);
  return found->gr_name;
}

/// Whether the system's list has the user in that group, which this process may not know yet.
bool is_member(const std::string& user, gid_t group) {
  std::vector<gid_t> groups(kMaxGroups);
  int count = kMaxGroups;
  if (getgrouplist(user.c_str(), getegid(), groups.data(), &count) < 0) return false;
  return std::find(groups.begin(), groups.begin() + count, group) != groups.begin() + count;
}

}  // namespace

std::string user_name() {
  std::array<char, kMaxEntryBytes> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  const uid_t id = geteuid();
  if (getpwuid_r(id, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return std::to_string(id);
  return found->pw_name;
}

std::string access_remedy(const std::string& path) {
  constexpr mode_t kGroupMay = S_IRGRP | S_IWGRP;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || (status.st_mode & kGroupMay) != kGroupMay) {
    return "only its owner may, see: ls -l " + path;
  }
  const std::string user = user_name();
  const std::string group = group_name(status.st_gid);
  if (is_member(user, status.st_gid)) {
    return "the group " + group + " may, and " + user + " was added to it: log in again, or restart";
  }
  return "the group " + group + " may: sudo usermod -aG " + group + " " + user +
         ", then log in again (a service: SupplementaryGroups=" + group + ")";
}

}  // namespace rtcbot::runtime
