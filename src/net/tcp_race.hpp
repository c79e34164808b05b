#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "address_race.hpp"

namespace rtcbot::net {

/// Connects to the first of several addresses that answers, by the rules of `AddressRace`. Lives on the I/O thread,
/// owned by its pending operations. It has no deadline: its user cancels it.
class TcpRace : public std::enable_shared_from_this<TcpRace> {
 public:
  using Done = std::function<void(const boost::system::error_code&, boost::asio::ip::tcp::socket)>;

  /// @param addresses at least one  @param done called once, with a connected socket or the most informative error of
  /// all attempts; never inside `start`, and never after `cancel`
  TcpRace(boost::asio::io_context& context, const Endpoints& addresses, Done done);

  void start() { step(); }
  void cancel();

 private:
  void step();
  void attempt(std::size_t index);
  void on_end(std::size_t index, const boost::system::error_code& error);
  void finish(const boost::system::error_code& error, boost::asio::ip::tcp::socket socket);

  boost::asio::io_context& context_;
  const Endpoints addresses_;
  Done done_;  ///< Empty: finished.
  AddressRace race_;
  boost::asio::steady_timer timer_;
  std::vector<boost::asio::ip::tcp::socket> sockets_;
  boost::system::error_code error_;
};

}  // namespace rtcbot::net
