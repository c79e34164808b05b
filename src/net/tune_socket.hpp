#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>

namespace rtcbot::net {

/// What every TCP connection of ours gets: no delay, and an end when the other side acknowledges nothing for `silence`.
/// Options that the system does not know are left out.
void tune_socket(boost::asio::ip::tcp::socket& socket, std::chrono::milliseconds silence);

}  // namespace rtcbot::net
