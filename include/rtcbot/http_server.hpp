#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "rtcbot/json.hpp"
#include "rtcbot/net/http_server.hpp"
#include "rtcbot/websocket.hpp"

namespace rtcbot {

/// A complete request: method, path, query, headers (names in lower case), body, remote_address.
struct HttpRequest : net::HttpRequest {
  /// The body as JSON.  @throws Error bad_message.
  [[nodiscard]] Json json() const;
};

/// A response: status, content_type, body, further headers.
struct HttpResponse : net::HttpResponse {
  static HttpResponse text(std::string body);
  static HttpResponse html(std::string body);
  static HttpResponse javascript(std::string body);
  static HttpResponse json(const Json& body, int status = 200);
  /// A refusal in the form that pages expect: {"error": code, "message": sentence}.
  static HttpResponse refusal(int status, const std::string& error, const std::string& message);
  /// The content of a file, with the content type of its extension.  @throws Error bad_config if it cannot be read.
  static HttpResponse file(const std::string& path);
};

/// A small web server for robots and their signalling: routes with exact paths, websockets, errors as JSON.
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
  };
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  HttpServer();
  explicit HttpServer(Options options);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  void get(const std::string& path, Handler handler);
  void post(const std::string& path, Handler handler);
  /// Calls `handler` with each socket that opens at `path`.
  void websocket(const std::string& path, std::function<void(Websocket)> handler);

  /// Starts to listen.  @throws Error address_in_use, bad_address.
  void start();
  /// Listens until Ctrl-C or `rtcbot::stop()`.
  void run();
  void stop();

  /// The port that the server listens on; 0 before `start`.
  [[nodiscard]] std::uint16_t port() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rtcbot
