#include <algorithm>
#include <atomic>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/http/fields.hpp>
#include <utility>

#include "http_text.hpp"
#include "name_lookup.hpp"
#include "proxy.hpp"
#include "rtcbot/net/io_thread.hpp"
#include "rtcbot/net/web_socket.hpp"
#include "tcp_race.hpp"
#include "tls.hpp"
#include "tls_sessions.hpp"
#include "tune_socket.hpp"
#include "tunnel.hpp"
#include "url.hpp"
#include "web_socket_session.hpp"

namespace rtcbot::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace ssl = asio::ssl;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

using Done = std::function<void(Result<std::shared_ptr<WebSocket>>)>;

std::string joined(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

/// One attempt to open a WebSocket: name, TCP, TLS, handshake. Lives on the I/O thread, owned by its deadline.
class Dialer : public std::enable_shared_from_this<Dialer> {
 public:
  struct Order {
    std::shared_ptr<Loop> loop;
    std::weak_ptr<IoThread> io;
    WebSocketClientConfig config;
    Done done;
    std::shared_ptr<std::atomic<bool>> cancelled;
  };

  explicit Dialer(Order order)
      : order_(std::move(order)), socket_(order_.loop->context()), deadline_(order_.loop->context()) {}

  void start();
  void cancel();

 private:
  void on_addresses(const Result<Endpoints>& found);
  void on_connected(const ErrorCode& error, tcp::socket socket);
  void begin_session();
  void secure();
  void shake_hands();
  void on_handshake(const ErrorCode& error);
  void succeed(std::string subprotocol);
  void give_up(Errc code, const std::string& why) { finish(fail(code, why)); }
  void finish(Result<std::shared_ptr<WebSocket>> result);
  void close_all();
  [[nodiscard]] bool is_closed() const { return !order_.done; }

  Order order_;
  Url url_;
  std::string name_;  ///< The URL without its query, which may hold a secret.
  tcp::socket socket_;
  asio::steady_timer deadline_;
  std::optional<Proxy> proxy_;
  std::shared_ptr<TcpRace> race_;
  std::string phase_ = "looking up the server's name";
  std::optional<ssl::context> tls_;
  std::unique_ptr<WebSocketSession::Stream> stream_;
  websocket::response_type response_;
};

void Dialer::start() {
  deadline_.expires_after(order_.config.connect_limit);
  deadline_.async_wait([self = shared_from_this()](const ErrorCode& error) {
    if (error || self->is_closed()) return;
    self->give_up(Errc::timeout, self->name_ + " did not open within " +
                                     std::to_string(self->order_.config.connect_limit.count()) + " ms, while " +
                                     self->phase_);
  });
  auto url = parse_url(order_.config.url);
  if (!url) return give_up(url.error().code(), url.error().what());
  url_ = std::move(*url);
  name_ = order_.config.url.substr(0, order_.config.url.find('?'));
  auto proxy = proxy_for(url_, order_.config.proxies.value_or(proxy_settings_of_environment()));
  if (!proxy) return give_up(proxy.error().code(), proxy.error().what());
  proxy_ = std::move(*proxy);
  if (proxy_) phase_ = "looking up the proxy's name";
  look_up(order_.loop, proxy_ ? proxy_->host : url_.host, proxy_ ? proxy_->port : url_.port,
          [weak = weak_from_this()](const Result<Endpoints>& found) {
            const auto self = weak.lock();
            if (self && !self->is_closed()) self->on_addresses(found);
          });
}

void Dialer::cancel() {
  if (is_closed()) return;
  order_.done = nullptr;
  close_all();
}

void Dialer::on_addresses(const Result<Endpoints>& found) {
  if (!found) return give_up(found.error().code(), found.error().what());
  phase_ = proxy_ ? "connecting to the proxy" : "connecting";
  race_ = std::make_shared<TcpRace>(order_.loop->context(), *found,
                                    [weak = weak_from_this()](const ErrorCode& error, tcp::socket socket) {
                                      const auto self = weak.lock();
                                      if (self && !self->is_closed()) self->on_connected(error, std::move(socket));
                                    });
  race_->start();
}

void Dialer::on_connected(const ErrorCode& error, tcp::socket socket) {
  if (error) {
    const std::string whom = proxy_ ? "the proxy " + proxy_->host + " port " + std::to_string(proxy_->port)
                                    : url_.host + " port " + std::to_string(url_.port);
    return give_up(Errc::connection_refused,
                   "cannot connect to " + whom + ": " + error.message() + (proxy_ ? "" : ". Is the server running?"));
  }
  socket_ = std::move(socket);
  tune_socket(socket_, order_.config.limits.silence_limit);
  if (!proxy_) return begin_session();
  phase_ = "waiting for the proxy to connect to the server";
  open_tunnel(socket_, *proxy_, url_, [self = shared_from_this()](Result<void> opened) {
    if (self->is_closed()) return;
    if (!opened) return self->give_up(opened.error().code(), opened.error().what());
    self->begin_session();
  });
}

void Dialer::begin_session() {
  stream_ = std::make_unique<WebSocketSession::Stream>(std::move(socket_));
  if (url_.secure) return secure();
  shake_hands();
}

void Dialer::secure() {
  phase_ = "setting up TLS";
  auto context = make_tls_context({order_.config.verify_certificate, order_.config.ca_file});
  if (!context) return give_up(context.error().code(), context.error().what());
  tls_.emplace(std::move(*context));
  auto& bytes = stream_->next_layer();
  if (!bytes.secure(tls_->native_handle(), SocketStream::Role::client)) {
    return give_up(Errc::internal, "no memory for a TLS connection");
  }
  SSL* connection = bytes.tls();
  const auto ready = expect_host(connection, url_.host, order_.config.verify_certificate);
  if (!ready) return give_up(ready.error().code(), ready.error().what());
  const std::string whom =
      host_field(url_) + (order_.config.verify_certificate ? " verified " : " unverified ") + order_.config.ca_file;
  tls_sessions::resume(tls_->native_handle(), connection, whom);
  bytes.async_handshake([self = shared_from_this(), whom](const ErrorCode& error, std::size_t) {
    if (error) tls_sessions::forget(whom);
    if (self->is_closed()) return;
    if (!error) return self->shake_hands();
    self->give_up(Errc::handshake_failed, "no TLS connection to " + host_field(self->url_) + ": " +
                                              tls_failure(self->stream_->next_layer().tls(), error));
  });
}

void Dialer::shake_hands() {
  phase_ = "waiting for the server's WebSocket handshake";
  stream_->set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
    for (const auto& [name, value] : order_.config.headers) request.set(name, value);
    const auto offered = joined(order_.config.subprotocols);
    if (!offered.empty()) request.set(http::field::sec_websocket_protocol, offered);
  }));
  stream_->async_handshake(response_, host_field(url_), url_.target,
                           [self = shared_from_this()](const ErrorCode& error) {
                             if (!self->is_closed()) self->on_handshake(error);
                           });
}

void Dialer::on_handshake(const ErrorCode& error) {
  if (error == websocket::error::upgrade_declined) {
    const int status = static_cast<int>(response_.result_int());
    if (order_.config.on_declined && !*order_.cancelled) order_.config.on_declined({status, response_.body()});
    return finish(fail(refusal(name_, status, response_.body())));
  }
  if (error) {
    return give_up(Errc::handshake_failed,
                   name_ + " does not speak WebSocket: " + error.message() + ". Are address and path right?");
  }
  const auto chosen = response_[http::field::sec_websocket_protocol];
  std::string subprotocol(chosen.data(), chosen.size());
  const auto& offered = order_.config.subprotocols;
  if (!subprotocol.empty() && std::find(offered.begin(), offered.end(), subprotocol) == offered.end()) {
    return give_up(Errc::handshake_failed,
                   name_ + " chose the subprotocol '" + printable(subprotocol, 64) + "', which was not offered");
  }
  succeed(std::move(subprotocol));
}

void Dialer::succeed(std::string subprotocol) {
  stream_->set_option(websocket::stream_base::decorator([](websocket::request_type&) {}));
  const auto link = std::make_shared<WebSocketLink>(order_.config.limits.send_queue_limit);
  const auto session = std::make_shared<WebSocketSession>(std::move(stream_), order_.config.limits, link);
  session->start(nullptr);
  finish(std::make_shared<WebSocketHandle>(WebSocketHandle::Parts{.loop = order_.loop,
                                                                  .work = session,
                                                                  .link = link,
                                                                  .subprotocol = std::move(subprotocol),
                                                                  .keeps = order_.io.lock()}));
}

void Dialer::finish(Result<std::shared_ptr<WebSocket>> result) {
  const auto done = std::exchange(order_.done, nullptr);
  close_all();
  if (!*order_.cancelled) done(std::move(result));
}

void Dialer::close_all() {
  deadline_.cancel();
  if (race_) race_->cancel();
  ErrorCode ignored;
  socket_.close(ignored);
  if (stream_) boost::beast::get_lowest_layer(*stream_).close(ignored);
}

/// The result of `dial`: dropping it cancels.
class DialHandle {
 public:
  DialHandle(std::shared_ptr<IoThread> io, std::shared_ptr<std::atomic<bool>> cancelled)
      : io_(std::move(io)), cancelled_(std::move(cancelled)) {}
  ~DialHandle() {
    *cancelled_ = true;
    io_->post([dialer = dialer_] {
      if (const auto waiting = dialer->lock()) waiting->cancel();
    });
  }
  DialHandle(const DialHandle&) = delete;
  DialHandle& operator=(const DialHandle&) = delete;

  /// The place of the dialer's pointer, which is for the I/O thread only.
  [[nodiscard]] const std::shared_ptr<std::weak_ptr<Dialer>>& dialer() const { return dialer_; }

 private:
  std::shared_ptr<IoThread> io_;
  std::shared_ptr<std::atomic<bool>> cancelled_;
  std::shared_ptr<std::weak_ptr<Dialer>> dialer_ = std::make_shared<std::weak_ptr<Dialer>>();
};

}  // namespace

std::shared_ptr<void> dial(std::shared_ptr<IoThread> io, WebSocketClientConfig config, Done done) {
  auto cancelled = std::make_shared<std::atomic<bool>>(false);
  Dialer::Order order{loop_of(*io), io, std::move(config), std::move(done), cancelled};
  const auto loop = order.loop;
  auto handle = std::make_shared<DialHandle>(std::move(io), std::move(cancelled));
  loop->post([place = handle->dialer(), ordered = std::move(order)]() mutable {
    const auto dialer = std::make_shared<Dialer>(std::move(ordered));
    *place = dialer;
    dialer->start();
  });
  return handle;
}

}  // namespace rtcbot::net
