#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"

namespace rtcbot::runtime {

/// The interface to systemd or another service manager with its protocol. Without one all functions do nothing. Create
/// it once, early in `main`: it removes its variables from the environment, so that child processes do not use them.
///
/// Implemented without libsystemd, because it needs only three variables and one datagram.
/// Source: sd_listen_fds(3), sd_notify(3), sd_watchdog_enabled(3).  Not thread-safe.
class ServiceManager {
 public:
  ServiceManager();

  /// Returns the listening socket that was passed, if any.  Errors: bad_config if there is more than one.
  [[nodiscard]] Result<std::optional<int>> passed_socket() const;

  /// Maximum interval of calls to `alive`; empty: not needed.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

  void ready(std::string_view status) const;
  void status(std::string_view status) const;
  void stopping() const;
  void alive() const;

 private:
  void notify(const std::string& message) const;

  int passed_ = 0;
  std::optional<std::chrono::microseconds> watchdog_;
  std::string socket_;  ///< The service manager's socket: a path, or '@' and an abstract name.
};

}  // namespace rtcbot::runtime
