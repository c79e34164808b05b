#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/result.hpp"

namespace rtcbot::net {

struct WebSocketLimits {
  std::size_t message_limit = 256 * 1024;           ///< Bytes; a larger message closes with 1009.
  std::size_t send_queue_limit = 1024 * 1024;       ///< Unsent bytes.
  std::chrono::milliseconds silence_limit{15'000};  ///< A ping is sent after half of it without input; after all of it
                                                    ///< the socket is closed.
};

/// How and why a socket closed.
struct WebSocketClosed {
  int code = 1006;       ///< RFC 6455 section 7.4.1; 1006 if no close frame arrived.
  std::string reason{};  ///< From the other side, or from this side if it closed; at most 123 bytes.
};

/// Receives a socket's events, on the I/O thread, in order; must not block. `on_closed` is the last event.
struct WebSocketObserver {
  std::function<void(std::string message, bool binary)> on_message{};
  std::function<void(WebSocketClosed)> on_closed{};
};

/// One open WebSocket, client or server. Thread-safe. Destroying the last pointer closes with 1001 after sending the
/// queue. The observer then gets no more events, except for a call in progress on the I/O thread.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  /// Call it once. Reading pauses until then, so at most one message waits; it is delivered first.
  virtual void set_observer(WebSocketObserver observer) = 0;

  /// Queues a message.  Errors: closed, queue_full.
  virtual Result<void> send(std::string message, bool binary = false) = 0;

  /// Sends the queue (for at most 2 s), then the close frame, and waits for the other side's for at most 2 s. A code
  /// that must not be sent becomes 1000; the reason is cut to 123 bytes.
  virtual void close(int code = 1000, std::string reason = {}) = 0;

  /// Marks the socket as identified: the server then no longer counts it in `pending_per_address`. No effect on the
  /// client side or on repeated calls.
  virtual void settle() = 0;

  /// Sends a ping now, and calls `responded` once, on the I/O thread, when anything arrives. Never calls it if nothing
  /// arrives before the socket closes.
  virtual void check_alive(std::function<void()> responded) = 0;

  /// The subprotocol from the handshake; empty: none.
  [[nodiscard]] virtual const std::string& subprotocol() const = 0;
};

class IoThread;

/// The HTTP answer of a server that did not open a WebSocket.
struct Declined {
  int status = 0;      ///< HTTP status.
  std::string body{};  ///< The part that arrived with the header.
};

/// HTTP proxies as in the environment, and the hosts that are reached without a proxy.
struct ProxySettings {
  std::string http{};   ///< For ws:// and http://: "http://[USER:PASSWORD@]HOST:PORT"; empty: none.
  std::string https{};  ///< For wss:// and https://.
  std::string none{};   ///< Names, addresses and networks, separated by commas; this machine is always included.
};

/// Reads http_proxy, https_proxy, all_proxy and no_proxy; all but the first also in capitals.
[[nodiscard]] ProxySettings proxy_settings_of_environment();

struct WebSocketClientConfig {
  std::string url{};                        ///< ws://, wss://, http:// or https://host[:port]/path
  std::vector<std::string> subprotocols{};  ///< In order of preference; may be empty.
  std::vector<std::pair<std::string, std::string>> headers{};
  std::chrono::milliseconds connect_limit{10'000};  ///< Total limit for name lookup, TCP, TLS and handshake.
  bool verify_certificate = true;
  std::string ca_file{};  ///< PEM; empty: the system's.
  WebSocketLimits limits{};
  std::optional<ProxySettings> proxies{};  ///< Empty: those of the environment.
  /// Called on the I/O thread, before `done`, if the server did not open a WebSocket.
  std::function<void(const Declined& answer)> on_declined{};
};

/// Checks that `dial` accepts `url`.  Errors: bad_address, with a sentence that names the wrong part.
[[nodiscard]] Result<void> check_url(std::string_view url);

/// Checks that the file for `ca_file` contains certificates.  Errors: bad_config.
[[nodiscard]] Result<void> check_ca_file(const std::string& ca_file);

/// Connects, and calls `done` once on the I/O thread.  Returns a handle; dropping it cancels, and `done` is then not
/// called. The handle and the WebSocket keep `io` alive. Error messages contain the URL without its query.
///
/// Errors: bad_address, connection_refused (also: unknown name), timeout, handshake_failed (no WebSocket or no trusted
/// TLS there; with status and start of the body after an HTTP answer), refused (status 401, 403, 404, 409, 429 or 503;
/// with the "message" of its JSON), bad_config (unreadable `ca_file`, invalid proxy). Several addresses of a name are
/// tried in parallel, started 250 ms apart (RFC 8305).
[[nodiscard]] std::shared_ptr<void> dial(std::shared_ptr<IoThread> io, WebSocketClientConfig config,
                                         std::function<void(Result<std::shared_ptr<WebSocket>>)> done);

}  // namespace rtcbot::net
