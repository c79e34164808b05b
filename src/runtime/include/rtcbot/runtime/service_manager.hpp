#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"

namespace rtcbot::runtime {

/// What systemd, or whatever speaks its protocol, gives a service and wants to hear from it. Without one all of it does
/// nothing. Made once, early in `main`: it takes its variables out of the environment, so that no child believes that
/// they are meant for it.
///
/// By hand, as it is three variables and one datagram; libsystemd would be one more thing to have on a robot.
/// Source: sd_listen_fds(3), sd_notify(3), sd_watchdog_enabled(3).  Not thread-safe.
class ServiceManager {
 public:
  ServiceManager();

  /// The listening socket that was passed, if any.  Errors: bad_config when there is more than one.
  [[nodiscard]] Result<std::optional<int>> passed_socket() const;

  /// How often `alive` has to be said at least, if at all.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

  void ready(std::string_view status) const;
  void status(std::string_view status) const;
  void stopping() const;
  void alive() const;

 private:
  void notify(const std::string& message) const;

  int passed_ = 0;
  std::optional<std::chrono::microseconds> watchdog_;
  std::string socket_;  ///< Where it listens: a path, or '@' and an abstract name.
};

}  // namespace rtcbot::runtime
