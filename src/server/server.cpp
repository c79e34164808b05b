#include "server.hpp"

#include <future>
#include <random>
#include <utility>

#include "rtcbot/net/local_socket.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::server {
namespace {

constexpr std::chrono::seconds kLookAtFiles{1};

RequestFilter::Options filter_options(const ServerOptions& options, bool is_open) {
  return {.allowed_origins = options.allowed_origins,
          .hosts = options.hosts,
          .checks_host = is_open,
          .only_secure = options.only_secure,
          .rate = options.rate,
          .robot_rate = {.per_second = options.robot_rate.per_second, .burst = options.robot_rate.burst}};
}

Signalling::Options signalling_options(const ServerOptions& options) {
  return {.broker = options.broker, .nats = options.nats, .pages = options.pages, .robot_rate = options.robot_rate};
}

}  // namespace

Server::Server(std::shared_ptr<net::IoThread> io, const ServerOptions& options, Authenticator authenticator,
               LogSink log)
    : io_(std::move(io)),
      log_(std::move(log)),
      authenticator_(std::move(authenticator)),
      refused_log_(log_, LogLevel::warning, "access", {.rate = {.per_second = 1, .burst = 20}, .max_keys = 1'024}),
      filter_(filter_options(options, authenticator_.is_open()), refusals_, log_),
      headers_(std::make_shared<AnswerHeaders>(AnswerHeaders::Options{.allowed_origins = options.allowed_origins,
                                                                      .frame_ancestors = options.frame_ancestors,
                                                                      .asks_for_tls = !authenticator_.is_open()})),
      relays_(std::make_shared<IceServerProvider>(options.relays, std::random_device()())),
      signalling_(signalling_options(options), {io_, authenticator_, filter_, refusals_, log_, refused_log_}, relays_,
                  options.events) {}

Server::~Server() { http_.reset(); }

Result<std::shared_ptr<Server>> Server::start(std::shared_ptr<net::IoThread> io, ServerOptions options, LogSink log) {
  auto authenticator = Authenticator::make(options.authenticator);
  if (!authenticator) return fail(authenticator.error());
  auto self = std::shared_ptr<Server>(new Server(std::move(io), options, std::move(*authenticator), log));
  if (auto made = self->make_front(options); !made) return fail(made.error());
  // The parts live as long as the server.
  const std::shared_ptr<Signalling> signalling(self, &self->signalling_);
  if (auto begun = signalling->begin(signalling); !begun) return fail(begun.error());
  if (options.listen) {
    if (auto listening = self->listen(std::move(options.http), std::move(log)); !listening)
      return fail(listening.error());
  }
  self->reload_credentials();
  return self;
}

Result<void> Server::make_front(const ServerOptions& options) {
  const bool asks_for_servers =
      relays_->is_fresh_each_time() || (relays_->has_credentials() && !authenticator_.is_open());
  auto assets = PageAssets::make({.page = options.page,
                                  .frame_ancestors = options.frame_ancestors,
                                  .relay_only = options.relay_only,
                                  .asks_for_servers = asks_for_servers},
                                 *relays_);
  if (!assets) return fail(assets.error());
  front_ = std::make_unique<WebFront>(
      WebFront::Parts{.authenticator = authenticator_,
                      .filter = filter_,
                      .refusals = refusals_,
                      .signalling = signalling_,
                      .relays = *relays_,
                      .headers = headers_,
                      .log = log_,
                      .refused_log = refused_log_,
                      .http_stats = [this] { return http_ ? http_->stats() : net::HttpServerStats(); }},
      std::move(*assets));
  for (const auto& [method, pattern, route] : options.routes) {
    if (auto added = front_->add(method, pattern, route); !added) return added;
  }
  return {};
}

Result<void> Server::listen(net::HttpServerConfig config, LogSink log) {
  auto http = net::HttpServer::listen(io_, std::move(config), handlers(), std::move(log));
  if (!http) return fail(http.error());
  http_ = std::move(*http);
  return {};
}

net::HttpServer::Handlers Server::handlers() {
  net::HttpServer::Handlers handlers;
  handlers.request = [weak = weak_from_this()](net::HttpRequest request,
                                               std::shared_ptr<net::HttpResponder> responder) {
    if (const auto self = weak.lock()) self->front_->on_request(std::move(request), std::move(responder));
  };
  handlers.upgrade = [weak = weak_from_this()](const net::HttpRequest& request,
                                               std::string& subprotocol) -> std::optional<net::HttpResponse> {
    const auto self = weak.lock();
    return self ? self->front_->on_upgrade(request, subprotocol) : Refusals().make(signal::Refusal::stopping);
  };
  handlers.web_socket = [weak = weak_from_this()](net::HttpRequest request, std::shared_ptr<net::WebSocket> socket) {
    if (const auto self = weak.lock()) self->front_->on_web_socket(std::move(request), std::move(socket));
  };
  return handlers;
}

Result<void> Server::reload_certificate() { return http_ ? http_->reload_certificate() : Result<void>(); }

void Server::reload_credentials() {
  io_->post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->check_credentials();
  });
}

void Server::check_credentials() {
  signalling_.check_credentials(authenticator_.refresh(log_));
  refused_log_.flush(runtime::now());
  credentials_timer_ = io_->after(kLookAtFiles, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->check_credentials();
  });
}

void Server::request(net::HttpRequest request, std::shared_ptr<net::HttpResponder> responder) {
  io_->post([self = shared_from_this(), request = std::move(request), responder = std::move(responder)]() mutable {
    self->front_->on_request(std::move(request), std::move(responder));
  });
}

void Server::connect(net::HttpRequest request, Connected done) {
  io_->post([self = shared_from_this(), request = std::move(request), done = std::move(done)]() mutable {
    std::string subprotocol;
    if (auto refused = self->front_->on_upgrade(request, subprotocol)) return done(tl::unexpected(std::move(*refused)));
    auto [client, server] = net::make_local_sockets(self->io_, subprotocol);
    self->front_->on_web_socket(std::move(request), std::move(server));
    done(std::move(client));
  });
}

std::vector<broker::RobotInfo> Server::robots_online() {
  if (io_->is_current()) return signalling_.robots_online();
  auto robots = std::make_shared<std::promise<std::vector<broker::RobotInfo>>>();
  auto asked = robots->get_future();
  io_->post([self = shared_from_this(), robots] { robots->set_value(self->signalling_.robots_online()); });
  return asked.get();
}

void Server::stop(std::chrono::milliseconds limit) {
  auto done = std::make_shared<std::promise<void>>();
  auto stopped = done->get_future();
  io_->post([self = shared_from_this(), done] {
    self->signalling_.stop();
    done->set_value();
  });
  stopped.wait_for(limit);
  signalling_.drain(limit);
  if (http_) http_->stop(limit);
}

}  // namespace rtcbot::server
