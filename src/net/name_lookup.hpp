#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "loop.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::net {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

/// Resolves `host` (a name or an IP address) and calls `done` with at least one address, on the I/O thread.
///
/// Each lookup runs on its own detached thread: without a network the system's resolver needs half a minute to fail,
/// which must not delay another lookup or the end of the program.
/// @pre Called on the I/O thread. `done` owns no socket or timer: if the loop ends first, `done` is destroyed on the
/// other thread. Errors: connection_refused.
void look_up(const std::shared_ptr<Loop>& loop, const std::string& host, std::uint16_t port,
             std::function<void(Result<Endpoints>)> done);

}  // namespace rtcbot::net
