#include "rtcbot/http_server.hpp"

#include <mutex>
#include <utility>

#include "context.hpp"
#include "rtcbot/base/weakly.hpp"
#include "rtcbot/run.hpp"
#include "rtcbot/signal/refusal.hpp"
#include "websocket_impl.hpp"

namespace rtcbot {
namespace {

using RouteKey = std::pair<std::string, std::string>;  // method, path

/// The refusal code that a page gets. Errors behind a handler are the robot's, as the page sees it.
signal::Refusal refusal_for(Errc code) {
  switch (code) {
    case Errc::bad_message:
    case Errc::bad_offer: return signal::Refusal::bad_offer;
    case Errc::too_large: return signal::Refusal::too_large;
    case Errc::timeout: return signal::Refusal::robot_timeout;
    case Errc::queue_full: return signal::Refusal::busy;
    case Errc::bad_config:
    case Errc::internal: return signal::Refusal::internal;
    default: return signal::Refusal::robot_left;
  }
}

HttpResponse run_handler(const HttpServer::Handler& handler, const HttpRequest& request, PeerLog& log) {
  try {
    return handler(request);
  } catch (const Error& error) {
    const auto refusal = refusal_for(error.code());
    return HttpResponse::refusal(signal::http_status(refusal), std::string(signal::code_of(refusal)), error.what());
  } catch (const std::exception& error) {
    log.write("http", {LogLevel::error, "http", "the handler of " + request.path + " threw: " + error.what()});
    return HttpResponse::refusal(500, "internal", "The handler of this path failed. See the server's log.");
  }
}

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
  explicit Impl(Options wanted) : options(std::move(wanted)), context(Context::get()) {}

  [[nodiscard]] net::HttpServer::Handlers handlers();
  void on_request(net::HttpRequest request, std::shared_ptr<net::HttpResponder> responder);
  [[nodiscard]] std::optional<net::HttpResponse> on_upgrade(const net::HttpRequest& request);
  void on_web_socket(const net::HttpRequest& request, std::shared_ptr<net::WebSocket> socket);

  const Options options;
  const std::shared_ptr<Context> context;
  std::mutex mutex;
  std::map<RouteKey, Handler> routes;
  std::map<std::string, std::function<void(Websocket)>> websockets;
  std::unique_ptr<net::HttpServer> server;
};

net::HttpServer::Handlers HttpServer::Impl::handlers() {
  net::HttpServer::Handlers handlers;
  handlers.request =
      weakly(weak_from_this(), [](Impl& self, net::HttpRequest request, std::shared_ptr<net::HttpResponder> responder) {
        self.on_request(std::move(request), std::move(responder));
      });
  handlers.upgrade = [weak = weak_from_this()](const net::HttpRequest& request,
                                               std::string&) -> std::optional<net::HttpResponse> {
    const auto self = weak.lock();
    return self ? self->on_upgrade(request) : HttpResponse::refusal(503, "stopping", "The server is stopping.");
  };
  handlers.web_socket =
      weakly(weak_from_this(), [](Impl& self, const net::HttpRequest& request, std::shared_ptr<net::WebSocket> socket) {
        self.on_web_socket(request, std::move(socket));
      });
  return handlers;
}

void HttpServer::Impl::on_request(net::HttpRequest request, std::shared_ptr<net::HttpResponder> responder) {
  Handler handler;
  bool path_known = false;
  {
    const std::lock_guard lock(mutex);
    if (const auto route = routes.find({request.method, request.path}); route != routes.end()) handler = route->second;
    for (const auto& [key, unused] : routes) path_known = path_known || key.second == request.path;
  }
  if (!handler) {
    responder->respond(path_known
                           ? HttpResponse::refusal(405, "method_not_allowed", "This path does not accept that method.")
                           : HttpResponse::refusal(404, "not_found", "There is nothing at this path."));
    return;
  }
  context->executor()([handler = std::move(handler), request = HttpRequest{std::move(request)},
                       responder = std::move(responder),
                       log = context->peer_log()] { responder->respond(run_handler(handler, request, *log)); });
}

std::optional<net::HttpResponse> HttpServer::Impl::on_upgrade(const net::HttpRequest& request) {
  const std::lock_guard lock(mutex);
  if (websockets.contains(request.path)) return std::nullopt;
  return HttpResponse::refusal(404, "not_found", "There is no websocket at this path.");
}

void HttpServer::Impl::on_web_socket(const net::HttpRequest& request, std::shared_ptr<net::WebSocket> socket) {
  std::function<void(Websocket)> handler;
  {
    const std::lock_guard lock(mutex);
    if (const auto route = websockets.find(request.path); route != websockets.end()) handler = route->second;
  }
  if (!handler) return;
  socket->settle();  // The program's handler decides which sockets it serves, so the socket counts as established.
  auto impl = std::make_shared<Websocket::Impl>();
  impl->open(std::move(socket));
  context->executor()([handler = std::move(handler), websocket = Websocket(std::move(impl))] { handler(websocket); });
}

HttpServer::HttpServer() : HttpServer(Options{}) {}

HttpServer::HttpServer(Options options) : impl_(std::make_shared<Impl>(std::move(options))) {}

HttpServer::~HttpServer() { stop(); }

void HttpServer::get(const std::string& path, Handler handler) {
  const std::lock_guard lock(impl_->mutex);
  impl_->routes[{"GET", path}] = std::move(handler);
}

void HttpServer::post(const std::string& path, Handler handler) {
  const std::lock_guard lock(impl_->mutex);
  impl_->routes[{"POST", path}] = std::move(handler);
}

void HttpServer::websocket(const std::string& path, std::function<void(Websocket)> handler) {
  const std::lock_guard lock(impl_->mutex);
  impl_->websockets[path] = std::move(handler);
}

void HttpServer::start() {
  net::HttpServerConfig config;
  config.address = impl_->options.address;
  config.port = impl_->options.port;
  impl_->server =
      value_or_throw(net::HttpServer::listen(impl_->context->io(), config, impl_->handlers(), current_log()));
}

void HttpServer::run() {
  start();
  rtcbot::run();
  stop();
}

void HttpServer::stop() {
  if (impl_->server) impl_->server->stop(std::chrono::seconds(3));
  impl_->server.reset();
}

std::uint16_t HttpServer::port() const { return impl_->server ? impl_->server->port() : std::uint16_t{0}; }

}  // namespace rtcbot
