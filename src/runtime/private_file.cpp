#include "rtcbot/runtime/private_file.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace rtcbot::runtime {

namespace {

Error unreadable(const std::string& path) {
  return {Errc::bad_config, path + " cannot be read: " + std::generic_category().message(errno)};
}

Result<void> check(const struct stat& status, const std::string& path) {
  if (!S_ISREG(status.st_mode)) return fail(Errc::bad_config, path + " is not a file");
  if ((status.st_mode & (S_IWGRP | S_IRWXO)) != 0) {
    return fail(Errc::bad_config, path + " contains a secret, but others may read or write it; run: chmod 600 " + path);
  }
  return {};
}

}  // namespace

Result<void> check_private_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return fail(unreadable(path));
  return check(status, path);
}

Result<void> check_private_file(int descriptor, const std::string& path) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return fail(unreadable(path));
  return check(status, path);
}

Result<std::string> read_secret(const std::string& path) {
  if (auto checked = check_private_file(path); !checked) return fail(checked.error());
  std::ifstream file(path);
  if (!file) return fail(unreadable(path));
  std::string line;
  std::getline(file, line);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  return line;
}

}  // namespace rtcbot::runtime
