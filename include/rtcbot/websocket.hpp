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

/// JSON messages over a websocket, one text frame each; the client's side when made from an address, the server's when
/// an `HttpServer` hands it to a handler.
///
/// A client dials in the background and goes on, with growing pauses, until the server answers: a robot may be started
/// before its server. Once it was open, an end is final (`Robot` is the class that comes back by itself).
/// A cheap handle: copies are the same socket, and the last one closes it. Thread-safe.
class Websocket {
 public:
  struct Options {
    std::vector<std::pair<std::string, std::string>> headers{};  ///< Further fields of the handshake.
    std::chrono::milliseconds connect_limit{10'000};             ///< For one attempt.
    bool dial_until_answered = true;                             ///< False: one attempt, and its failure closes.
    bool verify_certificate = true;                              ///< For wss: the server's certificate must be valid.
    std::string ca_file{};                                       ///< Certificates to trust; empty: the system's.
  };

  /// Dials ws://, wss:// (or http://, https://, as RTCBot accepts).  @throws Error bad_address.
  explicit Websocket(const std::string& url);
  Websocket(const std::string& url, Options options);

  /// The next message; waits for it.  @throws Error with the reason of the end once closed and empty.
  Json get() const;
  /// As above, and throws `Errc::timeout` after `limit`; its message says how dialling goes, if that is why.
  Json get(std::chrono::milliseconds limit) const;
  /// As above, without exceptions.
  [[nodiscard]] Result<Json> try_get(std::chrono::milliseconds limit) const;

  /// A bounded queue of messages.
  [[nodiscard]] std::shared_ptr<QueueSubscription<Json>> subscribe() const;
  /// Calls `callback` with each message, on the callback thread.
  void subscribe(std::function<void(Json)> callback) const;

  /// Sends a message; before the socket is open it waits in a bounded queue.
  /// @throws Error closed, queue_full, too_large.
  void put_nowait(const Json& message) const;
  [[nodiscard]] Result<void> try_put(const Json& message) const;

  /// Sends `message` and waits for the next one as its answer; what came before and was not taken is dropped. When none
  /// comes within `limit` the socket is closed, because a late answer would be taken for that of the next question.
  /// @throws Error timeout, or the reason of the end.
  Json ask(const Json& message, std::chrono::milliseconds limit) const;

  /// Sends what was put, then closes.
  void close() const;

  [[nodiscard]] bool ready() const;                  ///< Open now.
  [[nodiscard]] bool closed() const;                 ///< Ended for good.
  [[nodiscard]] std::optional<Error> error() const;  ///< The last thing that went wrong.

  /// Called once on the callback thread when the socket opens, or soon if it is open already.
  void on_ready(std::function<void()> callback) const;
  /// Called once on the callback thread when it ended, or soon if it has already.
  void on_close(std::function<void(Error reason)> callback) const;
  /// Called on the callback thread for each error: a failed attempt to dial, a message that is not JSON.
  void on_error(std::function<void(Error)> callback) const;

  /// Waits for the socket to open.  Errors: timeout, or the reason of the end.
  [[nodiscard]] Result<void> wait_ready(std::chrono::milliseconds limit) const;
  /// Waits for the end.  Errors: timeout.
  [[nodiscard]] Result<void> wait_closed(std::chrono::milliseconds limit) const;

  struct Impl;
  explicit Websocket(std::shared_ptr<Impl> impl);

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace rtcbot
