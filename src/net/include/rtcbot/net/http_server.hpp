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

/// A complete request with its body. Field names in `headers` are lower-case; repeated fields are joined by ", ".
struct HttpRequest {
  std::string method;  ///< "GET", "POST", …
  std::string path;    ///< Percent-decoded, starts with '/'. Never contains "..", NUL or a query.
  std::string query;   ///< Without the '?', not decoded.
  std::map<std::string, std::string> headers;
  std::string body;
  /// "127.0.0.1:4711", or "[::1]:4711"; IPv4 through a dual-stack socket is IPv4. Behind a trusted proxy the client's
  /// own address, with port 0.
  std::string remote_address;
  bool came_by_proxy = false;  ///< From an address of `trusted_proxies`.
  bool is_secure = false;      ///< Arrived through TLS, this server's or a trusted proxy's.
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body{};
  /// Further fields, e.g. {"Retry-After", "5"}. Framing fields (Content-Length, ...) and invalid ones are left out.
  std::vector<std::pair<std::string, std::string>> headers{};
};

/// Answers one request. Call `respond` once, from any thread, at any time. A responder destroyed without an answer
/// answers 500; after the client has gone the answer is dropped.
class HttpResponder {
 public:
  virtual ~HttpResponder() = default;
  virtual void respond(HttpResponse response) = 0;
  /// `gone` is called at most once, on the I/O thread, if the client leaves or `response_limit` passes before the
  /// answer; possibly immediately. A client that has only shut down its sending half may still wait; interim answers
  /// find out.
  virtual void on_abandoned(std::function<void()> gone) = 0;
};

/// A certificate chain and its key, both PEM files. Empty: no TLS.
struct TlsFiles {
  std::string certificate{};
  std::string key{};
};

struct HttpServerConfig {
  std::string address = "0.0.0.0";
  std::uint16_t port = 8080;  ///< 0: any free port; see `HttpServer::port`.
  /// A listening TCP socket to use in place of `address` and `port`; -1: none.
  int listening_descriptor = -1;
  TlsFiles tls{};
  /// Addresses whose X-Forwarded-For, -Proto, -Host and -Port are trusted; from all others these fields are removed.
  std::vector<std::string> trusted_proxies{};
  std::size_t header_limit = 16 * 1024;  ///< Bytes; above it: 431, JSON.
  std::size_t body_limit = 256 * 1024;   ///< Bytes; above it: 413 `too_large`, JSON.
  std::size_t connection_limit = 20'000;
  /// Limit of connections per address (IPv6: per /64) that are not WebSockets or not settled ones
  /// (`WebSocket::settle`); more are closed. 0: unlimited. Proxies are exempt.
  std::size_t pending_per_address = 1000;
  /// Limits of bytes held for incomplete requests, per address (IPv6: per /64; proxies are exempt) and in total. Above
  /// them: 503 `busy`, JSON.
  std::size_t unfinished_per_address = 4 * 1024 * 1024;
  std::size_t unfinished_limit = 64 * 1024 * 1024;
  std::chrono::milliseconds handshake_limit{10'000};  ///< From accept to the end of the TLS handshake.
  std::chrono::milliseconds request_limit{10'000};    ///< From the first to the last byte of one request.
  std::chrono::milliseconds idle_limit{60'000};       ///< Between the requests of one connection.
  std::chrono::milliseconds response_limit{30'000};   ///< A handler without an answer in this time: 504, JSON.
  WebSocketLimits web_socket{};
};

struct HttpServerStats {
  std::int64_t connections_open = 0, connections_refused = 0;
  std::int64_t requests = 0, requests_too_large = 0, requests_bad = 0, requests_timed_out = 0;
  std::int64_t requests_over_budget = 0;  ///< Refused because of `unfinished_per_address` or `unfinished_limit`.
  std::int64_t unfinished_bytes = 0;      ///< Bytes held now for incomplete requests.
  std::int64_t web_sockets_open = 0;
  std::int64_t handshakes = 0, handshakes_failed = 0;  ///< TLS handshakes.
  std::int64_t plain_on_tls = 0;                       ///< Requests without TLS on a TLS port.
  std::int64_t descriptors_spent = 0;                  ///< Connections that arrived when no file descriptor was free.
  std::int64_t over_address_limit = 0;                 ///< Closed because of `pending_per_address`.
  std::int64_t certificate_expires_at = 0;             ///< Seconds of Unix time; 0: no TLS.
};

/// HTTP/1.1 and WebSocket on one port. Handlers are called on the I/O thread and must not block.
/// All of the server's own answers (400, 404, 413, 431, 503 …) are JSON: {"error": code, "message": sentence}.
/// Thread-safe. The destructor stops the server within 1 s; no handler is called afterwards.
class HttpServer {
 public:
  struct Handlers {
    /// Called for every request that is not a WebSocket upgrade. HEAD arrives as GET (its answer is sent without the
    /// body).
    std::function<void(HttpRequest, std::shared_ptr<HttpResponder>)> request;
    /// Called for an upgrade. Return an answer to refuse it, or nothing to accept it; then set `subprotocol` to the
    /// selected one, if any.
    std::function<std::optional<HttpResponse>(const HttpRequest&, std::string& subprotocol)> upgrade;
    /// Called for an accepted upgrade, before its first message. Set the WebSocket's observer inside the call.
    std::function<void(HttpRequest, std::shared_ptr<WebSocket>)> web_socket;
  };

  /// Listens when it returns.  Errors: address_in_use, bad_address, bad_config (the certificate).
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> listen(std::shared_ptr<IoThread> io, HttpServerConfig config,
                                                                  Handlers handlers, LogSink log = {});
  virtual ~HttpServer() = default;

  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual HttpServerStats stats() const = 0;

  /// Reads the certificate and its key again. On an error nothing changes; open connections keep the old certificate.
  /// Errors: bad_config.
  virtual Result<void> reload_certificate() = 0;

  /// Stops accepting, completes requests in progress, closes WebSockets with 1012, and returns when all connections
  /// have ended or `limit` has passed. On the I/O thread it cannot wait, so it cuts off unsent answers.
  virtual void stop(std::chrono::milliseconds limit) = 0;
};

}  // namespace rtcbot::net
