#include "listener.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/v6_only.hpp>
#include <string>
#include <utility>
#include <vector>

#include "http_connection.hpp"
#include "ip_address.hpp"
#include "rtcbot/net/client_address.hpp"
#include "tune_socket.hpp"

namespace rtcbot::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kAcceptPause{100};  // After descriptors ran out.
constexpr std::chrono::seconds kSayInterval{10};        // Minimum interval of log lines about it.
constexpr int kReserveUses = 64;                        // Maximum refusals with the reserve in one go.
constexpr std::size_t kTurnAwayLimit = 64;              // Beyond it a connection is closed without an answer.

bool is_spent(const ErrorCode& error) {
  return error == asio::error::no_descriptors || error == asio::error::no_memory ||
         error == asio::error::no_buffer_space || error == boost::system::errc::too_many_files_open_in_system;
}

ErrorCode open(tcp::acceptor& acceptor, const tcp::endpoint& where) {
  ErrorCode error;
  acceptor.open(where.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && where.address().is_v6()) acceptor.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor.bind(where, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

/// Uses a listening socket that another program, such as systemd, has opened.
Result<tcp::acceptor> adopt(asio::io_context& context, int descriptor) {
  const auto what = "file descriptor " + std::to_string(descriptor);
  int is_listening = 0;
  socklen_t size = sizeof is_listening;
  sockaddr_storage address{};
  socklen_t address_size = sizeof address;
  const bool is_socket = ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size) == 0 &&
                         ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &address_size) == 0;
  const bool is_ip = address.ss_family == AF_INET || address.ss_family == AF_INET6;
  if (!is_socket || is_listening == 0 || !is_ip) {
    return fail(Errc::bad_address, what + " is not a listening TCP socket; use ListenStream= with an address");
  }
  ErrorCode error;
  tcp::acceptor acceptor(context);
  acceptor.assign(address.ss_family == AF_INET ? tcp::v4() : tcp::v6(), descriptor, error);
  if (error) return fail(Errc::bad_address, what + " cannot be used to listen: " + error.message());
  return acceptor;
}

}  // namespace

Result<tcp::acceptor> open_acceptor(asio::io_context& context, const HttpServerConfig& config) {
  if (config.listening_descriptor >= 0) return adopt(context, config.listening_descriptor);
  ErrorCode error;
  const auto address = asio::ip::make_address(config.address, error);
  if (error) {
    return fail(Errc::bad_address, "'" + config.address + "' is not an IP address to listen on; 0.0.0.0 means all");
  }
  tcp::acceptor acceptor(context);
  error = open(acceptor, {address, config.port});
  const auto where = config.address + " port " + std::to_string(config.port);
  if (error == asio::error::address_in_use) {
    return fail(Errc::address_in_use, where + " is taken by another program. Stop it or choose another port");
  }
  if (error) return fail(Errc::bad_address, "cannot listen on " + where + ": " + error.message());
  return acceptor;
}

Listener::Listener(Acceptor acceptor, std::shared_ptr<ServerCore> core)
    : core_(std::move(core)), acceptor_(std::move(acceptor)), pause_(acceptor_.get_executor()) {
  open_reserve();
}

Listener::~Listener() {
  if (reserve_ >= 0) ::close(reserve_);
}

void Listener::open_reserve() {
  if (reserve_ < 0) reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void Listener::accept() {
  if (core_->stopping) return;
  acceptor_.async_accept([self = shared_from_this()](const ErrorCode& error, tcp::socket socket) {
    self->on_accept(error, std::move(socket));
  });
}

void Listener::on_accept(const ErrorCode& error, tcp::socket socket) {
  if (core_->stopping) return;
  if (is_spent(error)) return rest();
  if (!error) welcome(std::move(socket));
  accept();
}

/// No descriptors are free: pauses, because an immediate retry would spin.
void Listener::rest() {
  if (Clock::now() >= may_say_) {
    may_say_ = Clock::now() + kSayInterval;
    core_->say(LogLevel::error,
               "no file descriptor is left for a connection; new connections are closed. Raise the limit (ulimit -n, "
               "LimitNOFILE=)");
  }
  reject_with_reserve();
  pause_.expires_after(kAcceptPause);
  pause_.async_wait([self = shared_from_this()](const ErrorCode&) {
    self->open_reserve();
    self->accept();
  });
}

void Listener::reject_with_reserve() {
  if (reserve_ < 0) return;
  ::close(std::exchange(reserve_, -1));
  for (int i = 0; i < kReserveUses; ++i) {
    // Uses the system call, because Asio needs descriptors itself.
    const int connection = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection < 0) break;
    ++core_->counters->refused;
    ++core_->counters->descriptors_spent;
    ::close(connection);
  }
  open_reserve();
}

std::optional<AddressCounts::Slot> Listener::slot_for(const tcp::socket& socket) {
  ErrorCode error;
  const auto remote = socket.remote_endpoint(error);
  if (error) return AddressCounts::Slot();
  const auto address = unmapped(remote.address());
  if (is_listed(address, core_->config.trusted_proxies)) return AddressCounts::Slot();
  return core_->pending.enter(limit_key(address.to_string()));
}

void Listener::welcome(tcp::socket socket) {
  tune_socket(socket, core_->config.web_socket.silence_limit);
  auto slot = slot_for(socket);
  if (!slot) {
    ++core_->counters->refused;
    ++core_->counters->over_address_limit;
    return;
  }
  const bool is_full = core_->parts.size() - core_->turning_away >= core_->config.connection_limit;
  if (!is_full) return std::make_shared<HttpConnection>(std::move(socket), core_)->start(std::move(*slot));
  ++core_->counters->refused;
  if (core_->turning_away >= kTurnAwayLimit) return;
  std::make_shared<HttpConnection>(std::move(socket), core_)->reject();
}

void Listener::change_certificate(std::shared_ptr<const TlsServerContext> context) {
  core_->counters->certificate_expires_at = context->expires_at();
  core_->tls = std::move(context);
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
  // A raw pointer avoids a cycle: the core holds this function.
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

}  // namespace rtcbot::net
