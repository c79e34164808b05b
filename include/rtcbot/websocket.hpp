#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/json.hpp"
#include "rtcbot/subscriptions.hpp"

namespace rtcbot {

/// JSON messages over a websocket, one text frame each. Made from an address it is the client's side; `HttpServer`
/// hands the server's side to a handler.
///
/// A client dials in the background, with growing intervals, until the server answers, so that a robot may be started
/// before its server. After it was open, its end is final (`Robot` is the class that reconnects).
/// A handle: copies refer to the same socket, and the last one closes it. Thread-safe.
class Websocket {
 public:
  struct Options {
    std::vector<std::pair<std::string, std::string>> headers{};  ///< Further header fields of the handshake.
    std::chrono::milliseconds connect_limit{10'000};             ///< For one attempt.
    bool dial_until_answered = true;                             ///< False: one attempt; its failure closes the socket.
    bool verify_certificate = true;                              ///< For wss: require a valid certificate of the
                                                                 ///< server.
    std::string ca_file{};                                       ///< Trusted certificates; empty: the system's.
  };

  /// Dials ws://, wss:// (or http://, https://, as RTCBot accepts).  @throws Error bad_address.
  explicit Websocket(const std::string& url);
  Websocket(const std::string& url, Options options);

  /// Waits for the next message.  @throws Error with the reason of the end if the socket has closed and no message is
  /// left.
  Json get() const;
  /// As above, but throws `Errc::timeout` after `limit`. If the socket is not open yet, the message says why dialling
  /// fails.
  Json get(std::chrono::milliseconds limit) const;
  /// As above, without exceptions.
  [[nodiscard]] Result<Json> try_get(std::chrono::milliseconds limit) const;

  /// A bounded queue of messages.
  [[nodiscard]] std::shared_ptr<QueueSubscription<Json>> subscribe() const;
  /// Calls `callback` with each message, on the callback thread.
  void subscribe(std::function<void(Json)> callback) const;

  /// Sends a message. Before the socket is open, messages wait in a bounded queue.
  /// @throws Error closed, queue_full, too_large.
  void put_nowait(const Json& message) const;
  [[nodiscard]] Result<void> try_put(const Json& message) const;

  /// Sends `message` and waits for the next message as its answer. Drops messages that arrived before and were not
  /// read. If no answer comes within `limit`, closes the socket, because a late answer would be taken for the answer to
  /// the next question.
  /// @throws Error timeout, or the reason of the end.
  Json ask(const Json& message, std::chrono::milliseconds limit) const;

  /// Sends the queued messages, then closes.
  void close() const;

  [[nodiscard]] bool ready() const;                  ///< Open now.
  [[nodiscard]] bool closed() const;                 ///< Closed for good.
  [[nodiscard]] std::optional<Error> error() const;  ///< The most recent error.

  /// Called once on the callback thread when the socket opens; soon, if it is already open.
  void on_ready(std::function<void()> callback) const;
  /// Called once on the callback thread when the socket has closed; soon, if it already has.
  void on_close(std::function<void(Error reason)> callback) const;
  /// Called on the callback thread for each error: a failed attempt to dial, a message that is not JSON.
  void on_error(std::function<void(Error)> callback) const;

  /// Waits for the socket to open.  Errors: timeout, or the reason of the end.
  [[nodiscard]] Result<void> wait_ready(std::chrono::milliseconds limit) const;
  /// Waits for the socket to close.  Errors: timeout.
  [[nodiscard]] Result<void> wait_closed(std::chrono::milliseconds limit) const;

  struct Impl;
  explicit Websocket(std::shared_ptr<Impl> impl);

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace rtcbot
