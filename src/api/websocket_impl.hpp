#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "context.hpp"
#include "rtcbot/flow/producer.hpp"
#include "rtcbot/json.hpp"
#include "rtcbot/net/web_socket.hpp"
#include "rtcbot/websocket.hpp"

namespace rtcbot {

/// The state that the handles of one socket share. Thread-safe.
struct Websocket::Impl : std::enable_shared_from_this<Websocket::Impl> {
  Impl() : context(Context::get()) {}

  /// For a client: dials, and repeats that if the options say so.
  void dial(const std::string& url, const Options& options);
  /// Takes over an open socket.
  void open(std::shared_ptr<net::WebSocket> opened);

  [[nodiscard]] Result<void> put(const Json& message);
  void close();
  void add_error_listener(std::function<void(Error)> callback);

  /// The last dialling error, for the message of a time-out.
  [[nodiscard]] std::string dialing_trouble() const;

  const std::shared_ptr<Context> context;
  Producer<Json> incoming;

  mutable std::mutex mutex;
  std::condition_variable changed;
  std::shared_ptr<net::WebSocket> socket;  ///< Set once open.
  bool close_requested = false;
  std::optional<Error> end;  ///< Set once, when the socket has ended.
  std::optional<Error> last_error;
  std::deque<std::string> waiting;  ///< Messages put before the socket was open.
  std::size_t waiting_bytes = 0;
  std::vector<std::function<void()>> ready_listeners;
  std::vector<std::function<void(Error)>> close_listeners;
  std::vector<std::function<void(Error)>> error_listeners;

 private:
  void attempt();
  void on_dialed(Result<std::shared_ptr<net::WebSocket>> dialed);
  void on_message(const std::string& text, bool binary);
  void finish(const Error& reason);
  void report(const Error& error);

  net::WebSocketClientConfig config_;
  bool retry_ = false;
  std::chrono::milliseconds pause_{250};
  std::shared_ptr<Impl> until_sent_;  ///< This object itself, while messages remain to be sent and no handle exists.
  std::shared_ptr<void> pending_;     ///< The current attempt, or the timer of the next one.
};

}  // namespace rtcbot
