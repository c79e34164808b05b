#include "rtcbot/net/http_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>
#include <vector>

#include "http_connection.hpp"
#include "server_core.hpp"
#include "tune_socket.hpp"

namespace rtcbot::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kAcceptPause{100};  // After running out of descriptors.
constexpr std::chrono::milliseconds kLastLimit{1000};   // How long a destructor lets things finish.
constexpr std::size_t kTurnAwayLimit = 64;              // Beyond it a connection is closed without a word.

/// Waits on another thread until the I/O thread has done, or dropped, something.
class Signal {
 public:
  void set() {
    const std::lock_guard lock(mutex_);
    is_set_ = true;
    changed_.notify_all();
  }
  bool wait(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [this] { return is_set_; });
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_set_ = false;
};

/// Accepts. Lives on the I/O thread, owned by its pending operation.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(tcp::acceptor acceptor, std::shared_ptr<ServerCore> core)
      : core_(std::move(core)), acceptor_(std::move(acceptor)), pause_(acceptor_.get_executor()) {}

  void accept() {
    if (core_->stopping) return;
    acceptor_.async_accept([self = shared_from_this()](const ErrorCode& error, tcp::socket socket) {
      self->on_accept(error, std::move(socket));
    });
  }

  void wind_down(const std::shared_ptr<Signal>& all_gone);
  void abort();

 private:
  void on_accept(const ErrorCode& error, tcp::socket socket);
  void welcome(tcp::socket socket);
  void rest();

  std::shared_ptr<ServerCore> core_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
};

void Listener::on_accept(const ErrorCode& error, tcp::socket socket) {
  if (core_->stopping) return;
  const bool is_spent = error == asio::error::no_descriptors || error == asio::error::no_memory ||
                        error == asio::error::no_buffer_space ||
                        error == boost::system::errc::too_many_files_open_in_system;
  if (is_spent) return rest();
  if (!error) welcome(std::move(socket));
  accept();
}

/// Out of descriptors: asking again at once would spin until one is free.
void Listener::rest() {
  ++core_->counters->refused;
  core_->say(LogLevel::error, "no file descriptor is left for a connection; raise the limit (ulimit -n)");
  pause_.expires_after(kAcceptPause);
  pause_.async_wait([self = shared_from_this()](const ErrorCode&) { self->accept(); });
}

void Listener::welcome(tcp::socket socket) {
  tune_socket(socket, core_->config.web_socket.silence_limit);
  const bool is_full = core_->parts.size() - core_->turning_away >= core_->config.connection_limit;
  if (!is_full) return std::make_shared<HttpConnection>(std::move(socket), core_)->start();
  ++core_->counters->refused;
  if (core_->turning_away >= kTurnAwayLimit) return;
  std::make_shared<HttpConnection>(std::move(socket), core_)->turn_away();
}

void Listener::wind_down(const std::shared_ptr<Signal>& all_gone) {
  core_->stopping = true;
  ErrorCode ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  const auto parts = std::vector<ServerPart*>(core_->parts.begin(), core_->parts.end());
  for (auto* part : parts) {
    if (core_->parts.contains(part)) part->wind_down();
  }
  // No cycle through the core: it holds this function.
  core_->part_ended = [core = core_.get(), all_gone] {
    if (core->parts.empty()) all_gone->set();
  };
  core_->part_ended();
}

void Listener::abort() {
  const auto parts = std::vector<ServerPart*>(core_->parts.begin(), core_->parts.end());
  for (auto* part : parts) {
    if (core_->parts.contains(part)) part->abort();
  }
  core_->part_ended = nullptr;
  core_->handlers = {};
}

/// The half that users hold.
class AsioHttpServer final : public HttpServer {
 public:
  AsioHttpServer(std::shared_ptr<IoThread> io, std::shared_ptr<ServerCore> core, tcp::acceptor acceptor)
      : io_(std::move(io)),
        loop_(core->loop),
        counters_(core->counters),
        port_(acceptor.local_endpoint().port()),
        listener_(std::make_shared<Listener>(std::move(acceptor), std::move(core))) {
    loop_->post([listener = listener_] { listener->accept(); });
  }

  ~AsioHttpServer() override { stop(kLastLimit); }
  AsioHttpServer(const AsioHttpServer&) = delete;
  AsioHttpServer& operator=(const AsioHttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const override { return port_; }
  [[nodiscard]] HttpServerStats stats() const override;
  void stop(std::chrono::milliseconds limit) override;

 private:
  std::shared_ptr<IoThread> io_;
  std::shared_ptr<Loop> loop_;
  std::shared_ptr<ServerCounters> counters_;
  std::uint16_t port_;
  std::mutex stop_mutex_;
  std::shared_ptr<Listener> listener_;  ///< Null once stopped. Only handed to the I/O thread, never used here.
};

HttpServerStats AsioHttpServer::stats() const {
  const auto& counters = *counters_;
  return {.connections_open = counters.open,
          .connections_refused = counters.refused,
          .requests = counters.requests,
          .requests_too_large = counters.too_large,
          .requests_bad = counters.bad,
          .requests_timed_out = counters.timed_out,
          .web_sockets_open = counters.web_sockets};
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
    // Nobody to wait for: this is the thread that would do the work.
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

ErrorCode open_acceptor(tcp::acceptor& acceptor, const tcp::endpoint& where) {
  ErrorCode error;
  acceptor.open(where.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && where.address().is_v6()) acceptor.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor.bind(where, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::listen(std::shared_ptr<IoThread> io, HttpServerConfig config,
                                                       Handlers handlers, LogSink log) {
  ErrorCode error;
  const auto address = asio::ip::make_address(config.address, error);
  if (error) {
    return fail(Errc::bad_address, "'" + config.address + "' is not an IP address to listen on; 0.0.0.0 means all");
  }
  const auto loop = loop_of(*io);
  const auto port = config.port;
  tcp::acceptor acceptor(loop->context());
  error = open_acceptor(acceptor, {address, port});
  const auto where = config.address + " port " + std::to_string(port);
  if (error == asio::error::address_in_use) {
    return fail(Errc::address_in_use, where + " is taken by another program. Stop it or choose another port");
  }
  if (error) return fail(Errc::bad_address, "cannot listen on " + where + ": " + error.message());

  auto core = std::make_shared<ServerCore>();
  core->config = std::move(config);
  core->handlers = std::move(handlers);
  core->log = std::move(log);
  core->loop = loop;
  return std::make_unique<AsioHttpServer>(std::move(io), std::move(core), std::move(acceptor));
}

}  // namespace rtcbot::net
