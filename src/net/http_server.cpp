#include "rtcbot/net/http_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <mutex>
#include <utility>

#include "listener.hpp"
#include "server_core.hpp"
#include "signal.hpp"
#include "tls_server.hpp"

namespace rtcbot::net {

using boost::asio::ip::tcp;

namespace {

constexpr std::chrono::milliseconds kLastLimit{1000};  // Time limit for a destructor.

/// The part that users hold.
class AsioHttpServer final : public HttpServer {
 public:
  AsioHttpServer(std::shared_ptr<IoThread> io, std::shared_ptr<ServerCore> core, tcp::acceptor acceptor)
      : io_(std::move(io)),
        loop_(core->loop),
        counters_(core->counters),
        tls_files_(core->config.tls),
        tls_(core->tls),
        port_(acceptor.local_endpoint().port()),
        listener_(std::make_shared<Listener>(std::move(acceptor), std::move(core))) {
    loop_->post([listener = listener_] { listener->accept(); });
  }

  ~AsioHttpServer() override { stop(kLastLimit); }
  AsioHttpServer(const AsioHttpServer&) = delete;
  AsioHttpServer& operator=(const AsioHttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const override { return port_; }
  [[nodiscard]] HttpServerStats stats() const override;
  Result<void> reload_certificate() override;
  void stop(std::chrono::milliseconds limit) override;

 private:
  std::shared_ptr<IoThread> io_;
  std::shared_ptr<Loop> loop_;
  std::shared_ptr<ServerCounters> counters_;
  const TlsFiles tls_files_;
  std::shared_ptr<const TlsServerContext> tls_;  ///< The newest context; connections use the one in the core.
  std::mutex tls_mutex_;
  std::uint16_t port_;
  std::mutex stop_mutex_;
  std::shared_ptr<Listener> listener_;  ///< Null once stopped. Only passed to the I/O thread, never used here.
};

HttpServerStats AsioHttpServer::stats() const {
  const auto& counters = *counters_;
  return {.connections_open = counters.open,
          .connections_refused = counters.refused,
          .requests = counters.requests,
          .requests_too_large = counters.too_large,
          .requests_bad = counters.bad,
          .requests_timed_out = counters.timed_out,
          .requests_over_budget = counters.over_budget,
          .unfinished_bytes = counters.unfinished_bytes,
          .web_sockets_open = counters.web_sockets,
          .handshakes = counters.handshakes,
          .handshakes_failed = counters.handshakes_failed,
          .plain_on_tls = counters.plain_on_tls,
          .descriptors_spent = counters.descriptors_spent,
          .over_address_limit = counters.over_address_limit,
          .certificate_expires_at = counters.certificate_expires_at};
}

Result<void> AsioHttpServer::reload_certificate() {
  const std::lock_guard lock(tls_mutex_);
  if (!tls_) return {};
  auto renewed = TlsServerContext::load(tls_files_, tls_.get());
  if (!renewed) return fail(renewed.error());
  tls_ = *renewed;
  const std::lock_guard stop_lock(stop_mutex_);
  if (!listener_) return {};
  loop_->post([listener = listener_, context = tls_] { listener->change_certificate(context); });
  return {};
}

void AsioHttpServer::stop(std::chrono::milliseconds limit) {
  std::shared_ptr<Listener> listener;
  {
    const std::lock_guard lock(stop_mutex_);
    listener = std::exchange(listener_, nullptr);
  }
  if (!listener) return;
  const auto all_gone = std::make_shared<Signal>();
  if (loop_->is_current()) {
    // This thread would do the work, so waiting is impossible.
    listener->wind_down(all_gone);
    return listener->abort();
  }
  loop_->post([listener, all_gone] { listener->wind_down(all_gone); });
  all_gone->wait(limit);
  const auto aborted = std::make_shared<Signal>();
  loop_->post([last = std::move(listener), aborted] {
    last->abort();
    aborted->set();
  });
  aborted->wait();
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::listen(std::shared_ptr<IoThread> io, HttpServerConfig config,
                                                       Handlers handlers, LogSink log) {
  const auto loop = loop_of(*io);
  std::shared_ptr<const TlsServerContext> tls;
  if (!config.tls.certificate.empty()) {
    auto loaded = TlsServerContext::load(config.tls);
    if (!loaded) return fail(loaded.error());
    tls = std::move(*loaded);
  }
  auto acceptor = open_acceptor(loop->context(), config);
  if (!acceptor) return fail(acceptor.error());

  auto core = std::make_shared<ServerCore>();
  core->config = std::move(config);
  core->handlers = std::move(handlers);
  core->log = std::move(log);
  core->loop = loop;
  core->tls = std::move(tls);
  core->pending = AddressCounts(core->config.pending_per_address);
  core->budget =
      RequestBudget({.per_address = core->config.unfinished_per_address, .in_all = core->config.unfinished_limit});
  if (core->tls) core->counters->certificate_expires_at = core->tls->expires_at();
  return std::make_unique<AsioHttpServer>(std::move(io), std::move(core), std::move(*acceptor));
}

}  // namespace rtcbot::net
