#include "tune_socket.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <limits>

namespace rtcbot::net {

void tune_socket(boost::asio::ip::tcp::socket& socket, std::chrono::milliseconds silence) {
  boost::system::error_code ignored;
  socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  const std::int64_t most = std::numeric_limits<int>::max();
  const auto limit = static_cast<unsigned int>(std::clamp<std::int64_t>(silence.count(), 1, most));
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
}

}  // namespace rtcbot::net
