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
  std::size_t send_queue_limit = 1024 * 1024;       ///< Bytes not yet taken by the other side.
  std::chrono::milliseconds silence_limit{15'000};  ///< Pinged at half of it; nothing heard for all of it: closed.
};

/// Why and how a socket ended.
struct WebSocketClosed {
  int code = 1006;       ///< RFC 6455 section 7.4.1; 1006 when no close frame came.
  std::string reason{};  ///< From the other side, or ours where we ended it; at most 123 bytes.
};

/// What a socket tells, on the I/O thread, in order; must not block. After `on_closed` nothing more comes.
struct WebSocketObserver {
  std::function<void(std::string message, bool binary)> on_message{};
  std::function<void(WebSocketClosed)> on_closed{};
};

/// One open WebSocket, of either side. Thread-safe. Dropping the last pointer closes with 1001 after what is queued;
/// the observer then hears nothing more, except for a call that is under way on the I/O thread meanwhile.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  /// Once. Messages that came before are delivered first; nothing is read meanwhile, so they do not pile up.
  virtual void set_observer(WebSocketObserver observer) = 0;

  /// Queues a message.  Errors: closed, queue_full.
  virtual Result<void> send(std::string message, bool binary = false) = 0;

  /// Sends what is queued (for at most 2 s), then the close frame, and waits for the other side's for at most 2 s. A
  /// code that must not be sent becomes 1000; the reason is cut to 123 bytes.
  virtual void close(int code = 1000, std::string reason = {}) = 0;

  /// This one is what it was opened for: a server does not count it in `pending_per_address` any more. Until then it
  /// does, as a connection that has yet to say who it is. Does nothing at the side that dialled, and the second time.
  virtual void settle() = 0;

  /// What was agreed in the handshake; empty: none.
  [[nodiscard]] virtual const std::string& subprotocol() const = 0;
};

class IoThread;

/// The HTTP answer of a server that did not open a WebSocket.
struct Declined {
  int status = 0;      ///< HTTP.
  std::string body{};  ///< As much of it as arrived with the header.
};

/// HTTP proxies, as the environment names them, and what is reached without.
struct ProxySettings {
  std::string http{};   ///< For ws:// and http://: "http://[USER:PASSWORD@]HOST:PORT"; empty: none.
  std::string https{};  ///< For wss:// and https://.
  std::string none{};   ///< Names, addresses and networks, with commas between; this machine itself always is.
};

/// http_proxy, https_proxy, all_proxy and no_proxy; all but the first also in capitals.
[[nodiscard]] ProxySettings proxy_settings_of_environment();

struct WebSocketClientConfig {
  std::string url{};                        ///< ws://, wss://, http:// or https://host[:port]/path
  std::vector<std::string> subprotocols{};  ///< In order of preference; may be empty.
  std::vector<std::pair<std::string, std::string>> headers{};
  std::chrono::milliseconds connect_limit{10'000};  ///< Name, TCP, TLS and handshake together.
  bool verify_certificate = true;
  std::string ca_file{};  ///< PEM; empty: the system's.
  WebSocketLimits limits{};
  std::optional<ProxySettings> proxies{};  ///< Empty: those of the environment.
  /// Told the answer, on the I/O thread and before `done`, where the server did not open a WebSocket.
  std::function<void(const Declined& answer)> on_declined{};
};

/// Whether `url` is one that `dial` takes.  Errors: bad_address, with a sentence that says which part is wrong.
[[nodiscard]] Result<void> check_url(std::string_view url);

/// Whether there are certificates in the file that `ca_file` of a configuration names.  Errors: bad_config.
[[nodiscard]] Result<void> check_ca_file(const std::string& ca_file);

/// Dials; calls `done` once on the I/O thread.  Returns a handle: dropping it cancels, and `done` is then not called.
/// The handle and the WebSocket keep `io` alive. Messages of errors name the URL without its query.
///
/// Errors: bad_address, connection_refused (also: the name is not found), timeout, handshake_failed (no WebSocket or no
/// trusted TLS there; with the status and the start of the body where it answered HTTP), refused (it answered 401, 403,
/// 404, 409, 429 or 503; with the "message" of its JSON), bad_config (`ca_file` cannot be read, the proxy is none).
/// Where a name has several addresses, they are tried side by side with 250 ms between (RFC 8305).
[[nodiscard]] std::shared_ptr<void> dial(std::shared_ptr<IoThread> io, WebSocketClientConfig config,
                                         std::function<void(Result<std::shared_ptr<WebSocket>>)> done);

}  // namespace rtcbot::net
