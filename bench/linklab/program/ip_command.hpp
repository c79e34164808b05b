#pragma once

#include <sys/types.h>

#include <string>

#include "rtcbot/base/result.hpp"

namespace rtcbot::linklab {

/// Starts `ip -n NETNS -batch -` with these lines on its standard input. Its words go to standard error.
/// Errors: `internal` when it cannot be started. The caller waits for the process.
[[nodiscard]] Result<pid_t> start_ip(const std::string& netns, const std::string& lines);

/// The same, and waits for its end. Errors: as above, and when it has failed.
[[nodiscard]] Result<void> run_ip(const std::string& netns, const std::string& lines);

/// The lines that give a device these addresses (as "10.77.0.1/24,10.77.0.3/24") in place of all others, and the
/// default route.
[[nodiscard]] std::string address_lines(const std::string& device, const std::string& addresses);

}  // namespace rtcbot::linklab
