#pragma once

#include <string>
#include <vector>

#include "rtcbot/net/http_server.hpp"

namespace rtcbot::net {

/// Puts the client's own address, scheme and host into a request that came through a proxy: `remote_address`,
/// `is_secure` and the Host field, of X-Forwarded-For, -Proto, -Host and (where the host has none) -Port.
///
/// Only a connection from an address in `proxies` may say so; of its list of addresses the last one that is not itself
/// a proxy's counts, as everything before it is only what that client said. The fields are taken out in any case, so
/// that no handler believes what a stranger put there. Pure.
void apply_forwarded(HttpRequest& request, const std::vector<std::string>& proxies);

}  // namespace rtcbot::net
