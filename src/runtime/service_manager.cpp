#include "rtcbot/runtime/service_manager.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace rtcbot::runtime {
namespace {

constexpr int kFirstPassed = 3;  // SD_LISTEN_FDS_START

std::string take_variable(const char* name) {
  const char* value = std::getenv(name);
  std::string text = value == nullptr ? "" : value;
  unsetenv(name);
  return text;
}

std::optional<std::int64_t> number_in(const std::string& text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return number;
}

bool is_meant_for_us(const std::string& pid) { return number_in(pid) == getpid(); }

}  // namespace

ServiceManager::ServiceManager() : socket_(take_variable("NOTIFY_SOCKET")) {
  const auto listen_pid = take_variable("LISTEN_PID");
  const auto listen_fds = take_variable("LISTEN_FDS");
  unsetenv("LISTEN_FDNAMES");
  if (is_meant_for_us(listen_pid))
    passed_ = static_cast<int>(std::clamp<std::int64_t>(number_in(listen_fds).value_or(0), 0, 64));
  for (int i = 0; i < passed_; ++i) fcntl(kFirstPassed + i, F_SETFD, FD_CLOEXEC);
  const auto watchdog_pid = take_variable("WATCHDOG_PID");
  const auto interval = number_in(take_variable("WATCHDOG_USEC"));
  const bool is_ours = watchdog_pid.empty() || is_meant_for_us(watchdog_pid);
  if (interval && *interval > 0 && is_ours) watchdog_ = std::chrono::microseconds(*interval);
}

Result<std::optional<int>> ServiceManager::passed_socket() const {
  if (passed_ == 0) return std::optional<int>();
  if (passed_ > 1) {
    return fail(Errc::bad_config, std::to_string(passed_) + " sockets were passed, but this program accepts only one");
  }
  return std::optional<int>(kFirstPassed);
}

void ServiceManager::ready(std::string_view status) const {
  notify("READY=1\nSTATUS=" + std::string(status) + "\nMAINPID=" + std::to_string(getpid()));
}

void ServiceManager::status(std::string_view status) const { notify("STATUS=" + std::string(status)); }
void ServiceManager::stopping() const { notify("STOPPING=1\nSTATUS=Stopping"); }
void ServiceManager::alive() const { notify("WATCHDOG=1"); }

void ServiceManager::notify(const std::string& message) const {
  sockaddr_un address{};
  const bool is_known = !socket_.empty() && (socket_[0] == '/' || socket_[0] == '@');
  if (!is_known || socket_.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(&address.sun_path[0], socket_.data(), socket_.size());
  if (socket_[0] == '@') address.sun_path[0] = '\0';
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  // A missing service manager is not an error.
  [[maybe_unused]] const auto sent = sendto(descriptor, message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                                            reinterpret_cast<const sockaddr*>(&address), size);
  close(descriptor);
}

}  // namespace rtcbot::runtime
