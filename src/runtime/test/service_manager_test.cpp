#include "rtcbot/runtime/service_manager.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "rtcbot/runtime/reload_signal.hpp"
#include "rtcbot/runtime/stop_signal.hpp"

namespace rtcbot::runtime {
namespace {

using namespace std::chrono_literals;

/// Hears what a service says.
class Manager {
 public:
  Manager() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // Without a name the kernel gives it an abstract one.
    socklen_t size = sizeof address.sun_family;
    descriptor_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size) != 0) return;
    size = sizeof address;
    getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    name_.append("@").append(&address.sun_path[1], size - sizeof address.sun_family - 1);
  }
  ~Manager() { close(descriptor_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string heard() const {
    pollfd entry{descriptor_, POLLIN, 0};
    if (poll(&entry, 1, 5000) != 1) return {};
    std::array<char, 512> text{};
    const auto size = recv(descriptor_, text.data(), text.size(), 0);
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

 private:
  int descriptor_ = -1;
  std::string name_;
};

TEST(ServiceManager, DoesNothingWithoutOne) {
  const ServiceManager manager;
  EXPECT_EQ(manager.passed_socket().value(), std::nullopt);
  EXPECT_EQ(manager.watchdog(), std::nullopt);
  manager.ready("nobody hears this");
}

TEST(ServiceManager, SaysWhenItIsReadyAliveAndStopping) {
  const Manager systemd;
  setenv("NOTIFY_SOCKET", systemd.name().c_str(), 1);
  const ServiceManager manager;
  manager.ready("on port 1");
  manager.alive();
  manager.stopping();
  EXPECT_EQ(systemd.heard(), "READY=1\nSTATUS=on port 1\nMAINPID=" + std::to_string(getpid()));
  EXPECT_EQ(systemd.heard(), "WATCHDOG=1");
  EXPECT_EQ(systemd.heard(), "STOPPING=1\nSTATUS=Stopping");
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr) << "a child must not take it for its own";
}

TEST(ServiceManager, TakesTheSocketAndTheWatchdogThatAreMeantForThisProcess) {
  const auto pid = std::to_string(getpid());
  setenv("LISTEN_PID", pid.c_str(), 1);
  setenv("LISTEN_FDS", "1", 1);
  setenv("WATCHDOG_PID", pid.c_str(), 1);
  setenv("WATCHDOG_USEC", "30000000", 1);
  const ServiceManager manager;
  EXPECT_EQ(manager.passed_socket().value(), 3);
  EXPECT_EQ(manager.watchdog(), 30s);
  EXPECT_EQ(std::getenv("LISTEN_FDS"), nullptr);
}

TEST(ServiceManager, LeavesWhatIsMeantForAnotherProcess) {
  setenv("LISTEN_PID", "1", 1);
  setenv("LISTEN_FDS", "1", 1);
  setenv("WATCHDOG_PID", "1", 1);
  setenv("WATCHDOG_USEC", "30000000", 1);
  const ServiceManager manager;
  EXPECT_EQ(manager.passed_socket().value(), std::nullopt);
  EXPECT_EQ(manager.watchdog(), std::nullopt);
}

TEST(ServiceManager, RefusesMoreSocketsThanItTakes) {
  setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
  setenv("LISTEN_FDS", "2", 1);
  const ServiceManager manager;
  ASSERT_FALSE(manager.passed_socket());
  EXPECT_EQ(manager.passed_socket().error().code(), Errc::bad_config);
}

TEST(ReloadSignal, TakesTheHangupThatWouldHaveBeenTheEnd) {
  const StopSignal stop;
  ReloadSignal reload;
  EXPECT_FALSE(reload.take());
  raise(SIGHUP);
  EXPECT_TRUE(reload.take());
  EXPECT_FALSE(reload.take());
  EXPECT_FALSE(stop.wait_for(0ms));
}

}  // namespace
}  // namespace rtcbot::runtime
