#pragma once

#include <string>
#include <vector>

#include "rtcbot/net/http_server.hpp"

namespace rtcbot::net {

/// Replaces the address, scheme and host of a proxied request by the client's own: sets `remote_address`, `is_secure`
/// and the Host field from X-Forwarded-For, -Proto, -Host and (if the host has no port) -Port.
///
/// Only connections from an address in `proxies` are trusted. In the list of addresses the last one that is not a proxy
/// counts, because the client itself can write anything before it. The fields are removed in any case, so that no
/// handler trusts a stranger's values. Pure.
void apply_forwarded(HttpRequest& request, const std::vector<std::string>& proxies);

}  // namespace rtcbot::net
