#include "rtcbot/http_server.hpp"

#include <mutex>
#include <utility>

#include "context.hpp"
#include "rtcbot/http/router.hpp"
#include "rtcbot/http/static_folder.hpp"
#include "rtcbot/run.hpp"
#include "websocket_impl.hpp"

namespace rtcbot {

using SocketHandler = std::function<void(Websocket, const HttpRequest&)>;

struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
  explicit Impl(Options wanted) : options(std::move(wanted)), context(Context::get()) {}

  void add(const std::string& method, const std::string& pattern, Handler handler);
  [[nodiscard]] net::HttpServer::Handlers handlers();
  void on_request(net::HttpRequest request, const std::shared_ptr<net::HttpResponder>& responder);
  [[nodiscard]] std::optional<net::HttpResponse> on_upgrade(const net::HttpRequest& request);
  void on_web_socket(net::HttpRequest request, std::shared_ptr<net::WebSocket> socket);

  const Options options;
  const std::shared_ptr<Context> context;
  std::mutex mutex;
  http::Router<Handler> routes;
  http::Router<SocketHandler> websockets;
  std::unique_ptr<net::HttpServer> server;
};

void HttpServer::Impl::add(const std::string& method, const std::string& pattern, Handler handler) {
  const std::lock_guard lock(mutex);
  value_or_throw(routes.set(method, pattern, std::move(handler)));
}

net::HttpServer::Handlers HttpServer::Impl::handlers() {
  net::HttpServer::Handlers handlers;
  handlers.request = [weak = weak_from_this()](net::HttpRequest request,
                                               const std::shared_ptr<net::HttpResponder>& responder) {
    if (const auto self = weak.lock()) self->on_request(std::move(request), responder);
  };
  handlers.upgrade = [weak = weak_from_this()](const net::HttpRequest& request,
                                               std::string&) -> std::optional<net::HttpResponse> {
    const auto self = weak.lock();
    return self ? self->on_upgrade(request) : HttpResponse::refusal(503, "stopping", "The server is stopping.");
  };
  handlers.web_socket = [weak = weak_from_this()](net::HttpRequest request, std::shared_ptr<net::WebSocket> socket) {
    if (const auto self = weak.lock()) self->on_web_socket(std::move(request), std::move(socket));
  };
  return handlers;
}

void HttpServer::Impl::on_request(net::HttpRequest request, const std::shared_ptr<net::HttpResponder>& responder) {
  Handler handler;
  std::string allow;
  HttpRequest found{std::move(request)};
  {
    const std::lock_guard lock(mutex);
    auto at = routes.find(found.method, found.path);
    if (at.route != nullptr) handler = *at.route;
    found.parameters = std::move(at.parameters);
    allow = std::move(at.allow);
  }
  if (!handler && allow.empty()) {
    return responder->respond(HttpResponse::refusal(404, "not_found", "There is nothing at this path."));
  }
  if (!handler) {
    auto refusal = HttpResponse::refusal(405, "method_not_allowed", "This path does not accept that method.");
    refusal.headers.emplace_back("Allow", std::move(allow));
    return responder->respond(std::move(refusal));
  }
  context->executor()([handler = std::move(handler), found = std::move(found), responder, log = context->peer_log()] {
    responder->respond(http::run_handler(handler, found, [&](const std::string& what) {
      log->write("http", {LogLevel::error, "http", "the handler of " + found.path + " threw: " + what});
    }));
  });
}

std::optional<net::HttpResponse> HttpServer::Impl::on_upgrade(const net::HttpRequest& request) {
  const std::lock_guard lock(mutex);
  if (websockets.find("GET", request.path).route != nullptr) return std::nullopt;
  return HttpResponse::refusal(404, "not_found", "There is no websocket at this path.");
}

void HttpServer::Impl::on_web_socket(net::HttpRequest request, std::shared_ptr<net::WebSocket> socket) {
  SocketHandler handler;
  HttpRequest found{std::move(request)};
  {
    const std::lock_guard lock(mutex);
    auto at = websockets.find("GET", found.path);
    if (at.route != nullptr) handler = *at.route;
    found.parameters = std::move(at.parameters);
  }
  if (!handler) return;
  socket->settle();  // The program's handler decides which sockets it serves, so the socket counts as established.
  auto impl = std::make_shared<Websocket::Impl>();
  impl->open(std::move(socket));
  context->executor()([handler = std::move(handler), found = std::move(found), websocket = Websocket(std::move(impl))] {
    handler(websocket, found);
  });
}

HttpServer::HttpServer() : HttpServer(Options{}) {}

HttpServer::HttpServer(Options options) : impl_(std::make_shared<Impl>(std::move(options))) {}

HttpServer::~HttpServer() { stop(); }

void HttpServer::get(const std::string& pattern, Handler handler) { impl_->add("GET", pattern, std::move(handler)); }

void HttpServer::post(const std::string& pattern, Handler handler) { impl_->add("POST", pattern, std::move(handler)); }

void HttpServer::folder(const std::string& path, const std::string& folder) {
  if (!path.ends_with('/')) throw Error(Errc::bad_config, "the path of a folder ends with '/'");
  const auto opened = std::make_shared<const http::StaticFolder>(value_or_throw(http::StaticFolder::open(folder)));
  get(path + "{path...}", [opened](const HttpRequest& request) {
    return HttpResponse{opened->respond(request, request.parameters.at("path"))};
  });
}

void HttpServer::websocket(const std::string& pattern, std::function<void(Websocket)> handler) {
  websocket(pattern, SocketHandler([handler = std::move(handler)](Websocket socket, const HttpRequest&) {
              handler(std::move(socket));
            }));
}

void HttpServer::websocket(const std::string& pattern, SocketHandler handler) {
  const std::lock_guard lock(impl_->mutex);
  value_or_throw(impl_->websockets.set("GET", pattern, std::move(handler)));
}

void HttpServer::start() {
  net::HttpServerConfig config;
  config.address = impl_->options.address;
  config.port = impl_->options.port;
  config.tls = {.certificate = impl_->options.tls_certificate, .key = impl_->options.tls_key};
  if (config.tls.certificate.empty() != config.tls.key.empty()) {
    throw Error(Errc::bad_config, "TLS requires tls_certificate and tls_key");
  }
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

Result<void> HttpServer::reload_certificate() {
  return impl_->server ? impl_->server->reload_certificate() : Result<void>();
}

}  // namespace rtcbot
