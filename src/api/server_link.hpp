#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/net/web_socket.hpp"
#include "rtcbot/signal/message.hpp"
#include "rtcbot/signal/refusal.hpp"

namespace rtcbot {

/// A robot's WebSocket to its server: dials, sends and closes as `session::Session` decides, and reports what happens.
/// Used on the I/O thread, except for `wait_closed`.
class ServerLink : public std::enable_shared_from_this<ServerLink> {
 public:
  /// Called on the I/O thread. After `close` nothing more is reported about the socket or the attempt that it ended.
  struct Events {
    std::function<void(signal::Protocol)> on_open;
    /// The refusal of a server that answered without a WebSocket; `internal`: it gave another answer, or none.
    std::function<void(signal::Refusal, const Error&)> on_refused;
    std::function<void(const std::string& text)> on_message;
    std::function<void(const net::WebSocketClosed&)> on_closed;
  };

  /// As `net::dial` on the I/O thread.
  using Dial = std::function<std::shared_ptr<void>(net::WebSocketClientConfig,
                                                   std::function<void(Result<std::shared_ptr<net::WebSocket>>)>)>;

  ServerLink(net::WebSocketClientConfig config, Dial dial, Events events);

  /// Begins an attempt; `on_open` or `on_refused` follows, unless `close` comes first.
  void dial();
  /// Sends a text frame. Closes the socket if the server does not read; `on_closed` follows.
  void send(std::string text);
  /// Ends the attempt, or sends the queued frames and a close frame.
  void close(int code, const std::string& reason);

  /// Waits until all closed sockets have sent their frames.  @return false if `until` has passed first. Thread-safe.
  bool wait_closed(std::chrono::steady_clock::time_point until);

 private:
  void on_dialed(Result<std::shared_ptr<net::WebSocket>> dialed);
  void on_closed(std::uint64_t number, const net::WebSocketClosed& closed);

  net::WebSocketClientConfig config_;
  const Dial dial_;
  const Events events_;
  int declined_with_ = 0;  ///< The HTTP status that the server refused the handshake with; 0: none.
  std::shared_ptr<void> dialing_;
  std::shared_ptr<net::WebSocket> socket_;
  std::map<std::uint64_t, std::shared_ptr<net::WebSocket>> closing_;  ///< Until they report that they are closed.
  std::uint64_t number_ = 0;  ///< Tells a new socket's events from those of an old one.

  std::mutex mutex_;
  std::condition_variable has_closed_;
  int open_ = 0;  ///< Under the mutex: sockets that have not reported that they are closed.
};

}  // namespace rtcbot
