#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>

namespace rtcbot::net {

/// Sets the options of all TCP connections: no delay, and an end when the other side acknowledges nothing for
/// `silence`. Ignores options that the system does not support.
void tune_socket(boost::asio::ip::tcp::socket& socket, std::chrono::milliseconds silence);

}  // namespace rtcbot::net
