#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/net/web_socket.hpp"

namespace rtcbot::net {

class IoThread;

/// A request, complete with its body. Field names in `headers` are lower-case; repeated ones are joined by ", ".
struct HttpRequest {
  std::string method;  ///< "GET", "POST", …
  std::string path;    ///< Percent-decoded, begins with '/'. Never contains "..", NUL or a query.
  std::string query;   ///< Without the '?', not decoded.
  std::map<std::string, std::string> headers;
  std::string body;
  /// "127.0.0.1:4711", or "[::1]:4711"; IPv4 through a dual-stack socket is IPv4. Behind a trusted proxy the client's
  /// own, with port 0.
  std::string remote_address;
  bool came_by_proxy = false;  ///< From an address of `trusted_proxies`.
  bool is_secure = false;      ///< Came through TLS, ours or a trusted proxy's.
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body{};
  /// Further ones, e.g. {"Retry-After", "5"}. Those that frame the answer (Content-Length, ...) and malformed ones are
  /// left out.
  std::vector<std::pair<std::string, std::string>> headers{};
};

/// Answers one request; call once, from any thread, at any time. A responder that is dropped answers 500; one whose
/// client has gone does nothing.
class HttpResponder {
 public:
  virtual ~HttpResponder() = default;
  virtual void respond(HttpResponse response) = 0;
  /// Called at most once, on the I/O thread, if the client goes away, or `response_limit` passes, before the answer.
  /// May be called at once. A client that has only shut down its sending half still waits; whether it does is found out
  /// with an interim answer.
  virtual void on_abandoned(std::function<void()> gone) = 0;
};

/// A certificate with those that signed it, and its key; both PEM. Empty: no TLS.
struct TlsFiles {
  std::string certificate{};
  std::string key{};
};

struct HttpServerConfig {
  std::string address = "0.0.0.0";
  std::uint16_t port = 8080;  ///< 0: any free one; `HttpServer::port` tells.
  /// A listening TCP socket to take over in place of `address` and `port`; -1: none.
  int listening_descriptor = -1;
  TlsFiles tls{};
  /// Addresses whose X-Forwarded-For, -Proto, -Host and -Port are believed; from all others they are taken out.
  std::vector<std::string> trusted_proxies{};
  std::size_t header_limit = 16 * 1024;  ///< Bytes; over it: 431, JSON.
  std::size_t body_limit = 256 * 1024;   ///< Bytes; over it: 413 `too_large`, JSON.
  std::size_t connection_limit = 20'000;
  /// Connections of one address (IPv6: one /64) that are no WebSockets yet, or ones that are not settled
  /// (`WebSocket::settle`); more are closed. 0: as many as it likes. Proxies are free.
  std::size_t pending_per_address = 1000;
  /// Bytes held of requests that have not come completely, of one address (IPv6: one /64; proxies are free), and in
  /// all. Over it: 503 `busy`, JSON.
  std::size_t unfinished_per_address = 4 * 1024 * 1024;
  std::size_t unfinished_limit = 64 * 1024 * 1024;
  std::chrono::milliseconds handshake_limit{10'000};  ///< From accept to the end of the TLS handshake.
  std::chrono::milliseconds request_limit{10'000};    ///< From the first byte to the last of one request.
  std::chrono::milliseconds idle_limit{60'000};       ///< Between requests of a kept connection.
  std::chrono::milliseconds response_limit{30'000};   ///< A handler that has not answered by then: 504, JSON.
  WebSocketLimits web_socket{};
};

struct HttpServerStats {
  std::int64_t connections_open = 0, connections_refused = 0;
  std::int64_t requests = 0, requests_too_large = 0, requests_bad = 0, requests_timed_out = 0;
  std::int64_t requests_over_budget = 0;  ///< Refused for `unfinished_per_address` or `unfinished_limit`.
  std::int64_t unfinished_bytes = 0;      ///< What those count, now.
  std::int64_t web_sockets_open = 0;
  std::int64_t handshakes = 0, handshakes_failed = 0;  ///< Of TLS.
  std::int64_t plain_on_tls = 0;                       ///< Requests without TLS where it is wanted.
  std::int64_t descriptors_spent = 0;                  ///< Connections that came when no file descriptor was left.
  std::int64_t over_address_limit = 0;                 ///< Closed for `pending_per_address`.
  std::int64_t certificate_expires_at = 0;             ///< Seconds of Unix time; 0: no TLS.
};

/// HTTP/1.1 and WebSocket on one port. Handlers are called on the I/O thread and must not block.
/// Every answer of the server's own (400, 404, 413, 431, 503 …) is JSON: {"error": code, "message": sentence}.
/// Thread-safe. The destructor stops, with a limit of 1 s; no handler is called after it.
class HttpServer {
 public:
  struct Handlers {
    /// Every request that is no WebSocket upgrade. HEAD comes as GET (the body is left out for it).
    std::function<void(HttpRequest, std::shared_ptr<HttpResponder>)> request;
    /// An upgrade: an answer refuses it, nothing accepts it, with `subprotocol` set to the one that is chosen, if any.
    std::function<std::optional<HttpResponse>(const HttpRequest&, std::string& subprotocol)> upgrade;
    /// An accepted upgrade, before its first message. Set its observer inside the call.
    std::function<void(HttpRequest, std::shared_ptr<WebSocket>)> web_socket;
  };

  /// Listens when it returns.  Errors: address_in_use, bad_address, bad_config (the certificate).
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> listen(std::shared_ptr<IoThread> io, HttpServerConfig config,
                                                                  Handlers handlers, LogSink log = {});
  virtual ~HttpServer() = default;

  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual HttpServerStats stats() const = 0;

  /// Reads the certificate and its key again. What is wrong with them changes nothing; connections that are open keep
  /// the old one.  Errors: bad_config.
  virtual Result<void> reload_certificate() = 0;

  /// Stops accepting, lets what is being answered finish, closes web sockets with 1012, and returns when all is gone or
  /// `limit` has passed. On the I/O thread it cannot wait, and cuts off what is not said at once.
  virtual void stop(std::chrono::milliseconds limit) = 0;
};

}  // namespace rtcbot::net
