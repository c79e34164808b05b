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

/// Finds the addresses of `host` (a name or an IP address) and calls `done` with at least one, on the I/O thread.
///
/// A lookup runs on a thread of its own that nobody waits for: without a network the system's resolver takes half a
/// minute to say so, and neither another lookup nor the end of the program should wait for that.
/// @pre Called on the I/O thread. `done` owns no socket or timer: where the loop ends first it dies on the other
/// thread. Errors: connection_refused.
void look_up(const std::shared_ptr<Loop>& loop, const std::string& host, std::uint16_t port,
             std::function<void(Result<Endpoints>)> done);

}  // namespace rtcbot::net
