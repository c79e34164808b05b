#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/http/message.hpp"
#include "rtcbot/json.hpp"
#include "rtcbot/websocket.hpp"

namespace rtcbot {

/// A small web server for robots and their signalling: routes with parameters, folders of files, websockets, TLS,
/// errors as JSON.
///
/// A route's pattern is a path such as "/status". `{name}` stands for one segment that is not empty
/// ("/motors/{motor}"), and `{name...}` at the end for all that follows ("/files/{path...}"); `HttpRequest::parameters`
/// has what they match. The most specific pattern that matches a path decides alone: a method that it does not accept
/// is refused with 405.
///
/// Handlers run on the callback thread, one at a time, and may block. Requests that arrive meanwhile wait, and are
/// refused if they wait too long. An `Error` that a handler throws becomes a JSON refusal with a code that pages know:
/// 400 bad_offer for bad_message and bad_offer, 413 too_large, 429 busy for queue_full, 500 internal for bad_config and
/// internal, 504 robot_timeout for timeout, 502 robot_left otherwise.
/// Refuses bodies over 256 KiB. Thread-safe. The destructor calls `stop`.
class HttpServer {
 public:
  struct Options {
    std::string address = "0.0.0.0";
    std::uint16_t port = 8080;  ///< 0: any free port.
    /// The certificate and its chain, and its private key without a password: PEM files. Empty: no TLS. With TLS the
    /// server redirects pages that come without.
    std::string tls_certificate{};
    std::string tls_key{};
  };
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  HttpServer();
  explicit HttpServer(Options options);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // A second handler for the same method and paths replaces the first.
  // @throws Error bad_config if the pattern is invalid.

  void get(const std::string& pattern, Handler handler);
  void post(const std::string& pattern, Handler handler);
  /// Serves the files of a folder below `path`, which ends with '/'; index.html at the path of a folder. Files are read
  /// when they are asked for. Not served: symbolic links, names that begin with '.', files over 32 MiB.
  /// @throws Error bad_config also if `folder` is not a folder.
  void folder(const std::string& path, const std::string& folder);
  /// Calls `handler` with each socket that opens at a path of this pattern.
  void websocket(const std::string& pattern, std::function<void(Websocket)> handler);
  /// The same, with the request that opened the socket, for its parameters.
  void websocket(const std::string& pattern, std::function<void(Websocket, const HttpRequest&)> handler);

  /// Starts to listen.  @throws Error address_in_use, bad_address; bad_config for a certificate that cannot be used.
  void start();
  /// Listens until Ctrl-C or `rtcbot::stop()`.
  void run();
  void stop();

  /// The port that the server listens on; 0 before `start`.
  [[nodiscard]] std::uint16_t port() const;
  /// Reads the certificate and its key again, after they were renewed. On an error nothing changes.  Errors:
  /// bad_config.
  [[nodiscard]] Result<void> reload_certificate();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rtcbot
