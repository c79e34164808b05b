#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>

#include "proxy.hpp"

namespace rtcbot::net {

/// Makes a proxy connect to the host and port of `url`, over a socket connected to the proxy; afterwards the socket
/// behaves like one to that host. Calls `done` once.
/// @param socket must live until then; closing it ends the wait
/// Errors: connection_refused, with the proxy's answer.
void open_tunnel(boost::asio::ip::tcp::socket& socket, const Proxy& proxy, const Url& url,
                 std::function<void(Result<void>)> done);

}  // namespace rtcbot::net
