#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "answer_headers.hpp"
#include "authenticator.hpp"
#include "ice_server_provider.hpp"
#include "page_assets.hpp"
#include "request_filter.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/net/http_server.hpp"
#include "rtcbot/net/io_thread.hpp"
#include "rtcbot/runtime/limited_log.hpp"
#include "signalling.hpp"
#include "web_front.hpp"

namespace rtcbot::server {

struct ServerOptions {
  bool listen = true;  ///< False: no port; requests come by `request` and `connect` alone.
  net::HttpServerConfig http;
  broker::Config broker;
  RateLimiter::Config rate;
  nats::NatsOptions nats;                                         ///< Without URLs: a single server.
  TokenBucket::Rate robot_rate{.per_second = 100, .burst = 500};  ///< Offers to one robot; messages from one robot.
  bool relay_only = false;                                        ///< Pages must use only TURN.
  PageOptions pages;
  std::string page;                ///< An HTML file or a folder, shown in place of the built-in page.
  AllowedOrigins allowed_origins;  ///< Other origins whose pages may connect.
  FrameAncestors frame_ancestors;  ///< Sites that may show our pages in a frame.
  /// Names of this server besides those that nobody else can have. An open server answers only at these, see
  /// `is_own_host`.
  std::vector<std::string> hosts;
  bool only_secure = false;  ///< Answers only requests over TLS, at this server or a trusted proxy, except for probes.
  AuthOptions authenticator;
  RelayOptions relays;
  Signalling::Events events;
  struct ExtraRoute {
    std::string method;
    std::string pattern;
    Route route;
  };
  std::vector<ExtraRoute> routes;  ///< Of the program.
};

/// The server: its parts, its port and the timer that checks credentials. Thread-safe; all decisions are made on the
/// I/O thread.
class Server : public std::enable_shared_from_this<Server> {
 public:
  /// Errors: address_in_use, bad_address; bad_config if a file cannot be read, or a route is invalid.
  [[nodiscard]] static Result<std::shared_ptr<Server>> start(std::shared_ptr<net::IoThread> io, ServerOptions options,
                                                             LogSink log);
  ~Server();

  /// 0 without a port.
  [[nodiscard]] std::uint16_t port() const { return http_ ? http_->port() : std::uint16_t{0}; }

  /// Reads the certificate again, see `net::HttpServer::reload_certificate`.
  Result<void> reload_certificate();
  /// Checks the files of secrets and revocations now. Otherwise this happens about once a second.
  void reload_credentials();

  /// Answers a request that did not come through the port. `responder` gets the answer, on any thread.
  void request(net::HttpRequest request, std::shared_ptr<net::HttpResponder> responder);
  /// Opens a websocket that does not go through the port. `done` gets the client's side or the refusal, on the I/O
  /// thread. The subprotocols are in the header field "sec-websocket-protocol".
  using Connected = std::function<void(tl::expected<std::shared_ptr<net::WebSocket>, net::HttpResponse>)>;
  void connect(net::HttpRequest request, Connected done);

  /// Here and at other servers, sorted by name.
  [[nodiscard]] std::vector<broker::RobotInfo> robots_online();

  /// Notifies and disconnects all clients. Returns when they have left or `limit` has passed.
  void stop(std::chrono::milliseconds limit);

 private:
  Server(std::shared_ptr<net::IoThread> io, const ServerOptions& options, Authenticator authenticator, LogSink log);

  [[nodiscard]] Result<void> make_front(const ServerOptions& options);
  [[nodiscard]] Result<void> listen(net::HttpServerConfig config, LogSink log);
  [[nodiscard]] net::HttpServer::Handlers handlers();
  /// Rereads secrets and revocations about once a second, and closes the sockets whose credential has ended.
  void check_credentials();

  const std::shared_ptr<net::IoThread> io_;
  const LogSink log_;
  Authenticator authenticator_;
  Refusals refusals_;
  runtime::LimitedLog refused_log_;  ///< Robots and pages, by address.
  RequestFilter filter_;
  const std::shared_ptr<const AnswerHeaders> headers_;
  const std::shared_ptr<IceServerProvider> relays_;
  Signalling signalling_;
  std::unique_ptr<WebFront> front_;
  std::shared_ptr<void> credentials_timer_;
  std::unique_ptr<net::HttpServer> http_;  ///< Last: destroyed first. Null without a port.
};

}  // namespace rtcbot::server
