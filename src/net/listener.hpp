#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "rtcbot/base/result.hpp"
#include "server_core.hpp"
#include "signal.hpp"

namespace rtcbot::net {

/// Accepts connections for one server. Lives on the I/O thread, owned by its pending operation.
///
/// When file descriptors run out, it closes a reserved one to accept and immediately close the waiting connections.
/// Otherwise these clients would wait in the kernel's queue, and all later ones behind them.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  using Acceptor = boost::asio::ip::tcp::acceptor;
  Listener(Acceptor acceptor, std::shared_ptr<ServerCore> core);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void accept();
  /// Sets `all_gone` when the last connection has ended.
  void wind_down(const std::shared_ptr<Signal>& all_gone);
  void abort();
  void change_certificate(std::shared_ptr<const TlsServerContext> context);

 private:
  using Socket = boost::asio::ip::tcp::socket;
  using ErrorCode = boost::system::error_code;
  using Clock = std::chrono::steady_clock;

  void on_accept(const ErrorCode& error, Socket socket);
  void welcome(Socket socket);
  [[nodiscard]] std::optional<AddressCounts::Slot> slot_for(const Socket& socket);
  void rest();
  void reject_with_reserve();
  void open_reserve();

  std::shared_ptr<ServerCore> core_;
  Acceptor acceptor_;
  boost::asio::steady_timer pause_;
  int reserve_ = -1;
  Clock::time_point may_say_ = Clock::time_point::min();  ///< When running out may be logged again.
};

/// Returns the socket of `config.listening_descriptor`, or a new one.  Errors: address_in_use, bad_address.
[[nodiscard]] Result<boost::asio::ip::tcp::acceptor> open_acceptor(boost::asio::io_context& context,
                                                                   const HttpServerConfig& config);

}  // namespace rtcbot::net
