#pragma once

// Slow to compile: includes Beast's WebSocket. Only for files that create sessions.

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server_core.hpp"
#include "socket_stream.hpp"
#include "web_socket_handle.hpp"

namespace rtcbot::net {

/// One open WebSocket: reads, writes, pings and closes. Lives on the I/O thread, owned by its pending operations.
///
/// Uses its own pings, because Beast's count in ticks and may give up after half of the configured silence.
class WebSocketSession final : public WebSocketWork,
                               public ServerPart,
                               public std::enable_shared_from_this<WebSocketSession> {
 public:
  using Stream = boost::beast::websocket::stream<SocketStream, false>;  // Never compressed.

  WebSocketSession(std::unique_ptr<Stream> stream, WebSocketLimits limits, std::shared_ptr<WebSocketLink> link);

  /// Starts reading.  `ended` is called once, after the last event.
  void start(std::function<void()> ended);

  /// Counts this session at a server until it ends.
  void hold(std::unique_ptr<ServerTicket> ticket) { ticket_ = std::move(ticket); }

  void observe(WebSocketObserver observer) override;
  void pump() override;
  void begin_close(int code, std::string reason) override;
  void settle() override;
  void check_alive(std::function<void()> responded) override;
  void wind_down() override;
  void abort() override;

 private:
  using Clock = std::chrono::steady_clock;
  using ErrorCode = boost::system::error_code;

  void read();
  void on_read(const ErrorCode& error);
  void deliver(std::string message, bool binary);
  void on_written(const ErrorCode& error);
  void send_close();
  void on_close_sent(const ErrorCode& error);

  void hear();
  void watch_silence();
  void on_silence_timer();
  void ping();

  void limit_close(const char* reason);
  void end(const ErrorCode& error);
  void finish(WebSocketClosed closed);
  void tell_closed();
  void cut();

  std::unique_ptr<Stream> stream_;
  WebSocketLimits limits_;
  std::shared_ptr<WebSocketLink> link_;
  std::function<void()> ended_;
  boost::beast::flat_buffer buffer_;
  boost::asio::steady_timer silence_timer_;
  boost::asio::steady_timer close_timer_;

  std::optional<WebSocketObserver> observer_;
  std::optional<OutgoingMessage> early_;  ///< Arrived before the observer was set; reading waits for it.
  std::optional<WebSocketClosed> closed_;
  std::optional<WebSocketClosed> closing_;  ///< The content of our close frame.
  std::string end_reason_;                  ///< Our reason, if this side cut the connection.
  Clock::time_point heard_ = Clock::now();
  bool pinged_ = false;                            ///< Since the last input.
  std::vector<std::function<void()>> when_heard_;  ///< Called at the next input.
  bool ping_pending_ = false;
  bool writing_ = false;
  bool close_sent_ = false;
  bool told_ = false;
  std::unique_ptr<ServerTicket> ticket_;  ///< Last, so that it is destroyed first: its destruction may complete the
                                          ///< server's stop.
};

}  // namespace rtcbot::net
