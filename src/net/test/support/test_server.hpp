#pragma once

#include <memory>
#include <string>
#include <utility>

#include "rtcbot/net/http_server.hpp"
#include "rtcbot/net/io_thread.hpp"
#include "waiting.hpp"

namespace rtcbot::net::test {

using Responder = std::shared_ptr<HttpResponder>;

/// A request that waits for its answer from the test.
struct Asked {
  HttpRequest request;
  Responder responder;
};

/// A server-side WebSocket for the test.
struct Opened {
  HttpRequest request;
  std::shared_ptr<WebSocket> socket;
};

struct Message {
  std::string text;
  bool binary = false;
  friend bool operator==(const Message&, const Message&) = default;
};

/// Records the events of a WebSocket.
struct Ear {
  Inbox<Message> messages;
  Inbox<WebSocketClosed> closed;

  [[nodiscard]] static std::shared_ptr<Ear> on(WebSocket& socket) {
    auto ear = std::make_shared<Ear>();
    socket.set_observer({.on_message =
                             [ear](std::string text, bool binary) {
                               ear->messages.put({std::move(text), binary});
                             },
                         .on_closed = [ear](const WebSocketClosed& closed) { ear->closed.put(closed); }});
    return ear;
  }
};

/// A server on a free port of the loopback interface. Answers immediately with method and path, except under /later,
/// where requests go to `asked`. WebSockets at /ws go to `opened`.
class TestServer {
 public:
  explicit TestServer(HttpServerConfig config = {}) : io_(IoThread::create()) {
    config.address = "127.0.0.1";
    config.port = 0;
    const auto log = [log = log_](const LogRecord& record) { log->put(record); };
    server_ = value_or_throw(HttpServer::listen(io_, config, handlers(), log));
  }

  [[nodiscard]] HttpServer& server() { return *server_; }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] std::string url(const std::string& path = "/ws") const {
    return "ws://127.0.0.1:" + std::to_string(port()) + path;
  }
  [[nodiscard]] const std::shared_ptr<IoThread>& io() const { return io_; }
  [[nodiscard]] Inbox<Asked>& asked() { return *asked_; }
  [[nodiscard]] Inbox<Opened>& opened() { return *opened_; }
  [[nodiscard]] Inbox<LogRecord>& log() { return *log_; }
  void destroy() { server_.reset(); }

 private:
  static void answer(Inbox<Asked>& asked, HttpRequest request, Responder responder) {
    if (request.path.starts_with("/later")) return asked.put({std::move(request), std::move(responder)});
    if (request.path == "/dropped") return;
    if (request.path == "/throws") throw std::runtime_error("the handler's own fault");
    responder->respond(
        {.status = 200, .body = request.method + " " + request.path + "?" + request.query + " " + request.body});
  }

  static std::optional<HttpResponse> decide(const HttpRequest& request, std::string& subprotocol) {
    if (request.path == "/taken") {
      return HttpResponse{409, "application/json", R"({"error":"taken","message":"this name is taken"})", {}};
    }
    if (request.path == "/teapot") return HttpResponse{418, "text/plain", "short and stout", {}};
    if (request.path != "/ws")
      return HttpResponse{404, "application/json", R"({"error":"not_found","message":"no such robot"})", {}};
    const auto offered = request.headers.find("sec-websocket-protocol");
    if (offered != request.headers.end() && offered->second.find("rtcbot.v1") != std::string::npos)
      subprotocol = "rtcbot.v1";
    return std::nullopt;
  }

  HttpServer::Handlers handlers() {
    return {
        .request = [asked = asked_](HttpRequest request,
                                    Responder responder) { answer(*asked, std::move(request), std::move(responder)); },
        .upgrade = decide,
        .web_socket =
            [opened = opened_](HttpRequest request, std::shared_ptr<WebSocket> socket) {
              opened->put({std::move(request), std::move(socket)});
            }};
  }

  std::shared_ptr<IoThread> io_;
  std::shared_ptr<Inbox<Asked>> asked_ = std::make_shared<Inbox<Asked>>();
  std::shared_ptr<Inbox<Opened>> opened_ = std::make_shared<Inbox<Opened>>();
  std::shared_ptr<Inbox<LogRecord>> log_ = std::make_shared<Inbox<LogRecord>>();
  std::unique_ptr<HttpServer> server_;
};

using DialResult = Result<std::shared_ptr<WebSocket>>;

/// Dials and waits for the result.
inline DialResult dial_and_wait(const std::shared_ptr<IoThread>& io, WebSocketClientConfig config) {
  const auto outcome = std::make_shared<Inbox<DialResult>>();
  const auto handle = dial(io, std::move(config), [outcome](DialResult result) { outcome->put(std::move(result)); });
  auto result = outcome->take();
  return result ? std::move(*result) : DialResult(fail(Errc::internal, "dial did not call back"));
}

}  // namespace rtcbot::net::test
