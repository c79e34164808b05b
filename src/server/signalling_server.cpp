#include "rtcbot/signalling_server.hpp"

#include <cstdio>
#include <future>
#include <mutex>
#include <utility>

#include "authenticator.hpp"
#include "place_to_open.hpp"
#include "program_events.hpp"
#include "public_options.hpp"
#include "redirect.hpp"
#include "rtcbot/base/log_sampler.hpp"
#include "rtcbot/device/interface_addresses.hpp"
#include "rtcbot/http/static_folder.hpp"
#include "rtcbot/net/io_thread.hpp"
#include "rtcbot/runtime/callback_thread.hpp"
#include "rtcbot/runtime/stop_signal.hpp"
#include "server.hpp"

namespace rtcbot {
namespace {

constexpr std::chrono::seconds kAnswerLimit{30};  // As of a request by the port.
constexpr const char* kThisMachine = "127.0.0.1:0";

void print_warnings(const LogRecord& record) {
  if (record.level < LogLevel::warning) return;
  const std::string line = "rtcbot " + record.room + ": " + record.message + "\n";
  std::fputs(line.c_str(), stderr);
}

/// Gives the answer to the thread that waits for it.
class AwaitedAnswer final : public net::HttpResponder {
 public:
  explicit AwaitedAnswer(std::shared_ptr<std::promise<HttpResponse>> answer) : answer_(std::move(answer)) {}
  ~AwaitedAnswer() override {
    if (answer_) answer_->set_value(HttpResponse::refusal(500, "internal", "The request got no answer."));
  }
  AwaitedAnswer(const AwaitedAnswer&) = delete;
  AwaitedAnswer& operator=(const AwaitedAnswer&) = delete;

  void respond(net::HttpResponse response) override {
    if (const auto answer = std::exchange(answer_, nullptr)) answer->set_value(HttpResponse{std::move(response)});
  }
  void on_abandoned(std::function<void()>) override {}

 private:
  std::shared_ptr<std::promise<HttpResponse>> answer_;
};

}  // namespace

struct SignallingServer::Impl {
  explicit Impl(Options wanted)
      : options(std::move(wanted)),
        log(options.log ? options.log : LogSink(print_warnings)),
        callbacks(std::make_shared<runtime::CallbackThread>(
            [sink = log, sampler = LogSampler()](const std::string& what) mutable {
              const auto note = sampler.next();
              if (note) sink({LogLevel::error, "server", "a hook of this program threw " + what + *note});
            })) {}

  void add(const std::string& method, const std::string& pattern, Handler handler, Access access);
  [[nodiscard]] Result<void> start();
  [[nodiscard]] Result<void> open(server::ServerOptions wanted);
  void stop(std::chrono::milliseconds limit);
  [[nodiscard]] std::shared_ptr<server::Server> running() const {
    const std::lock_guard lock(mutex);
    return active;
  }
  [[nodiscard]] std::shared_ptr<server::Server> running_or_throw() const {
    auto now_running = running();
    if (!now_running) throw Error(Errc::invalid_state, "the server does not run; call start first");
    return now_running;
  }

  const Options options;
  const LogSink log;
  const std::shared_ptr<runtime::CallbackThread> callbacks;
  mutable std::mutex mutex;
  bool has_started = false;
  std::vector<server::ServerOptions::ExtraRoute> routes;
  std::shared_ptr<net::IoThread> io;
  std::shared_ptr<server::Server> active;  ///< Null before `start` and after `stop`.
  std::unique_ptr<net::HttpServer> redirect;
};

void SignallingServer::Impl::add(const std::string& method, const std::string& pattern, Handler handler,
                                 Access access) {
  if (const auto parsed = http::PathPattern::parse(pattern); !parsed) throw Error(parsed.error());
  const auto need = access == Access::everybody ? server::Need::nothing() : server::Need::person();
  server::Route route{.need = [need](const http::Parameters&) { return need; },
                      .answer = server::on_callback_thread(std::move(handler), callbacks, log)};
  const std::lock_guard lock(mutex);
  if (has_started) throw Error(Errc::invalid_state, "routes are added before start");
  routes.push_back({method, pattern, std::move(route)});
}

Result<void> SignallingServer::Impl::start() {
  auto wanted = server::server_options(options);
  if (!wanted) return fail(wanted.error());
  {
    const std::lock_guard lock(mutex);
    if (std::exchange(has_started, true)) return fail(Errc::invalid_state, "the server was started before");
  }
  if (options.hooks.authenticate) {
    wanted->authenticator.authenticate = server::authenticate_by(options.hooks.authenticate, log);
  }
  wanted->events = server::program_events(options.hooks, callbacks);
  wanted->routes = routes;
  return open(std::move(*wanted));
}

Result<void> SignallingServer::Impl::open(server::ServerOptions wanted) {
  const auto thread = net::IoThread::create();
  auto opened = server::Server::start(thread, std::move(wanted), log);
  if (!opened) return fail(opened.error());
  std::unique_ptr<net::HttpServer> redirecting;
  if (options.tls.redirect_port != 0 && options.listen) {
    auto listening =
        server::listen_for_redirect(thread, options.address, options.tls.redirect_port, (*opened)->port(), log);
    if (!listening) return fail(listening.error());
    redirecting = std::move(*listening);
  }
  const std::lock_guard lock(mutex);
  io = thread;
  redirect = std::move(redirecting);
  active = std::move(*opened);
  return {};
}

void SignallingServer::Impl::stop(std::chrono::milliseconds limit) {
  std::shared_ptr<server::Server> stopping;
  std::unique_ptr<net::HttpServer> closing;
  {
    const std::lock_guard lock(mutex);
    stopping = std::exchange(active, nullptr);
    closing = std::move(redirect);
  }
  closing.reset();
  if (stopping) stopping->stop(limit);
}

SignallingServer::SignallingServer() : SignallingServer(Options{}) {}

SignallingServer::SignallingServer(Options options) : impl_(std::make_shared<Impl>(std::move(options))) {}

SignallingServer::~SignallingServer() { stop(); }

void SignallingServer::get(const std::string& pattern, Handler handler, Access access) {
  impl_->add("GET", pattern, std::move(handler), access);
}

void SignallingServer::post(const std::string& pattern, Handler handler, Access access) {
  impl_->add("POST", pattern, std::move(handler), access);
}

void SignallingServer::folder(const std::string& path, const std::string& folder, Access access) {
  if (!path.ends_with('/')) throw Error(Errc::bad_config, "the path of a folder ends with '/'");
  auto opened = std::make_shared<const http::StaticFolder>(value_or_throw(http::StaticFolder::open(folder)));
  get(
      path + "{path...}",
      [opened](const Request& request) {
        return HttpResponse{opened->respond(request, request.parameters.at("path"))};
      },
      access);
}

void SignallingServer::start() { value_or_throw(try_start()); }

Result<void> SignallingServer::try_start() { return impl_->start(); }

void SignallingServer::run() {
  const runtime::StopSignal stop_signal;
  start();
  stop_signal.wait();
  stop();
}

void SignallingServer::stop(std::chrono::milliseconds limit) { impl_->stop(limit); }

std::uint16_t SignallingServer::port() const {
  const auto server = impl_->running();
  return server ? server->port() : std::uint16_t{0};
}

std::vector<std::string> SignallingServer::urls() const {
  const auto& options = impl_->options;
  const auto addresses = device::interface_addresses();
  return server::urls_to_open({.address = options.address,
                               .port = port(),
                               .is_encrypted = !options.tls.certificate.empty(),
                               .is_behind_proxy = !options.trusted_proxies.empty(),
                               .hosts = options.hosts},
                              addresses ? server::addresses_for_others(*addresses) : std::vector<std::string>());
}

std::vector<SignallingServer::RobotInfo> SignallingServer::robots() const {
  const auto server = impl_->running();
  std::vector<RobotInfo> robots;
  if (!server) return robots;
  for (const auto& robot : server->robots_online()) {
    robots.push_back({.name = robot.name.text(),
                      .address = robot.remote,
                      .viewers = robot.viewers,
                      .camera = robot.camera,
                      .online_for = std::chrono::duration_cast<std::chrono::milliseconds>(robot.online_for)});
  }
  return robots;
}

Result<void> SignallingServer::reload_certificate() {
  const auto server = impl_->running();
  return server ? server->reload_certificate() : Result<void>();
}

void SignallingServer::reload_credentials() {
  if (const auto server = impl_->running()) server->reload_credentials();
}

HttpResponse SignallingServer::request(HttpRequest request) {
  if (request.remote_address.empty()) request.remote_address = kThisMachine;
  const auto server = impl_->running_or_throw();
  auto answer = std::make_shared<std::promise<HttpResponse>>();
  auto answered = answer->get_future();
  server->request(std::move(request), std::make_shared<AwaitedAnswer>(answer));
  if (answered.wait_for(kAnswerLimit) == std::future_status::ready) return answered.get();
  return HttpResponse::refusal(504, "timeout", "The request got no answer in time.");
}

Result<std::shared_ptr<net::WebSocket>> SignallingServer::connect(HttpRequest request) {
  if (request.remote_address.empty()) request.remote_address = kThisMachine;
  const auto server = impl_->running_or_throw();
  using Outcome = Result<std::shared_ptr<net::WebSocket>>;
  auto outcome = std::make_shared<std::promise<Outcome>>();
  auto connected = outcome->get_future();
  server->connect(std::move(request), [outcome](auto socket) {
    outcome->set_value(socket ? Outcome(std::move(*socket)) : Outcome(fail(Errc::refused, socket.error().body)));
  });
  return connected.get();
}

void SignallingServer::on_io_thread(std::function<void()> task) {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->io) impl_->io->post(std::move(task));
}

}  // namespace rtcbot
