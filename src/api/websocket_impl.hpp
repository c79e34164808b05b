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

/// What the handles of one socket share. Thread-safe.
struct Websocket::Impl : std::enable_shared_from_this<Websocket::Impl> {
  Impl() : context(Context::get()) {}

  /// Client: dials, again and again if the options say so.
  void dial(const std::string& url, const Options& options);
  /// Takes over an open socket.
  void open(std::shared_ptr<net::WebSocket> opened);

  [[nodiscard]] Result<void> put(const Json& message);
  void close();
  void add_error_listener(std::function<void(Error)> callback);

  /// What came last, for the sentence of a time-out.
  [[nodiscard]] std::string dialing_trouble() const;

  const std::shared_ptr<Context> context;
  Producer<Json> incoming;

  mutable std::mutex mutex;
  std::condition_variable changed;
  std::shared_ptr<net::WebSocket> socket;  ///< Set once open.
  bool close_requested = false;
  std::optional<Error> end;  ///< Set once, when it is over.
  std::optional<Error> last_error;
  std::deque<std::string> waiting;  ///< Put before the socket was open.
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
  std::shared_ptr<Impl> until_sent_;  ///< Itself, while it has a last thing to say and no user any more.
  std::shared_ptr<void> pending_;     ///< The attempt under way, or the timer to the next one.
};

}  // namespace rtcbot
