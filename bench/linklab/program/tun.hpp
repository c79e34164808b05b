#pragma once

#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::linklab {

/// One end of the link: a device in a named network namespace.
struct End {
  std::string netns;      ///< As `ip netns add` made it.
  std::string addresses;  ///< "10.77.0.1/24", or several with commas.
};

/// Makes a TUN device there, gives it addresses, MTU and the default route, and brings it (and loopback) up.
/// It lives as long as the descriptor, from which packets are read without any header, never waiting.
/// Errors: `bad_config` when there is no such namespace or address, `internal` when the kernel refuses (are you root?).
[[nodiscard]] Result<runtime::Descriptor> open_tun(const End& end, const std::string& device, int mtu);

}  // namespace rtcbot::linklab
