#pragma once

#include <memory>
#include <string>
#include <utility>

#include "rtcbot/net/io_thread.hpp"
#include "rtcbot/net/web_socket.hpp"

namespace rtcbot::net {

/// Two ends of a WebSocket within this process, without a port: what one sends, the other receives, on the I/O thread
/// and in order. For programs that are their own client, and for tests. Both ends behave as `WebSocket` describes,
/// except that messages have no limit of size, and nothing is pinged.
/// @param subprotocol of both ends
[[nodiscard]] std::pair<std::shared_ptr<WebSocket>, std::shared_ptr<WebSocket>> make_local_sockets(
    std::shared_ptr<IoThread> io, const std::string& subprotocol);

}  // namespace rtcbot::net
