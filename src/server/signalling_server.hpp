#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "admission.hpp"
#include "authenticator.hpp"
#include "cluster_link.hpp"
#include "ice_server_provider.hpp"
#include "offer_log.hpp"
#include "own_page.hpp"
#include "page_connections.hpp"
#include "page_forms.hpp"
#include "page_headers.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/base/log_sampler.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/net/http_server.hpp"
#include "rtcbot/net/io_thread.hpp"
#include "rtcbot/runtime/limited_log.hpp"

namespace rtcbot::server {

struct SignallingOptions {
  net::HttpServerConfig http;
  broker::Config broker;
  RateLimiter::Config rate;
  nats::NatsOptions nats;                                         ///< Without URLs: a single server.
  TokenBucket::Rate robot_rate{.per_second = 100, .burst = 500};  ///< Offers to one robot; messages from one robot.
  bool relay_only = false;                                        ///< Pages must use only TURN.
  PageOptions pages;
  std::string page_file;           ///< Shown at `/` and `/{robot}` in place of the built-in page.
  AllowedOrigins allowed_origins;  ///< Other origins whose pages may connect.
  FrameAncestors frame_ancestors;  ///< Sites that may show our pages in a frame.
  /// Names of this server besides those that nobody else can have. An open server answers only at these, see
  /// `is_own_host`.
  std::vector<std::string> hosts;
  bool only_secure = false;  ///< Answers only requests over TLS, at this server or a trusted proxy, except for probes.
  AuthOptions authenticator;
  RelayOptions relays;
};

/// The server: the broker with sockets. Thread-safe; all decisions are made on the I/O thread.
class SignallingServer : public std::enable_shared_from_this<SignallingServer> {
 public:
  /// Errors: address_in_use, bad_address; bad_config if the page file cannot be read.
  [[nodiscard]] static Result<std::shared_ptr<SignallingServer>> start(std::shared_ptr<net::IoThread> io,
                                                                       SignallingOptions options, LogSink log);
  ~SignallingServer();

  [[nodiscard]] std::uint16_t port() const { return http_->port(); }

  /// Reads the certificate again, see `HttpServer::reload_certificate`.
  Result<void> reload_certificate() { return http_->reload_certificate(); }

  /// Checks the files of secrets and revocations now. Otherwise this happens about once a second.
  void reload_credentials();

  /// Notifies and disconnects all clients. Returns when they have left or `limit` has passed.
  void stop(std::chrono::milliseconds limit);

 private:
  using HeaderFields = std::vector<std::pair<std::string, std::string>>;

  SignallingServer(std::shared_ptr<net::IoThread> io, SignallingOptions options, Authenticator authenticator,
                   LogSink log);

  // Handlers of the three kinds of input; each ends in pump().
  void on_request(net::HttpRequest request, std::shared_ptr<net::HttpResponder> responder);
  [[nodiscard]] net::HttpResponse registration_check(const signal::RobotName& robot) const;
  [[nodiscard]] std::optional<net::HttpResponse> on_upgrade(const net::HttpRequest& request, std::string& subprotocol);
  void on_web_socket(const net::HttpRequest& request, std::shared_ptr<net::WebSocket> socket);
  void on_robot_message(broker::SocketId id, const std::string& message, bool binary);
  void close_talker(broker::SocketId id);
  void check_alive(broker::SocketId id);
  // page_routes.cpp
  [[nodiscard]] PageConnections::Host page_host();
  [[nodiscard]] std::optional<net::HttpResponse> on_page_upgrade(const net::HttpRequest& request);
  /// The only place that decides whether this page may have a socket at this path, and what it may do on it.
  [[nodiscard]] tl::expected<broker::PageView, net::HttpResponse> page_view(const net::HttpRequest& request);
  /// Sends a page over the limits the reason and closes its socket; false: it is not over them.
  bool refuse_page(const net::HttpRequest& request, net::WebSocket& socket);
  void on_page_socket(const net::HttpRequest& request, const std::shared_ptr<net::WebSocket>& socket);
  /// `/api/robots/NAME/snapshot.jpg`; nothing for another path.
  [[nodiscard]] std::optional<net::HttpResponse> snapshot(const std::string& path, const Authorization& caller) const;
  void on_timeout();

  void on_offer(const net::HttpRequest& request, const signal::RobotName& robot, signal::Permissions permissions,
                std::shared_ptr<net::HttpResponder> responder);
  [[nodiscard]] std::optional<net::HttpResponse> refuse_offer(const net::HttpRequest& request);
  /// For a body in an unsupported form: compressed, or plain SDP.
  [[nodiscard]] std::optional<net::HttpResponse> refuse_form(const net::HttpRequest& request);
  /// The answer to every request except an offer that is forwarded to its robot. Sets `caller`.
  [[nodiscard]] std::optional<net::HttpResponse> answer_now(const net::HttpRequest& request, Authorization& caller);
  [[nodiscard]] std::optional<net::HttpResponse> redirect_of_slash(const net::HttpRequest& request);
  /// Prepares the pages for browsers, once; `page` is the robot's page, built-in or the user's own.
  void make_pages(std::string page);
  /// Here and at other servers, sorted by name.
  [[nodiscard]] std::vector<broker::RobotInfo> robots_online() const;
  /// Joins the cluster, if there is one.
  [[nodiscard]] Result<void> join_cluster();
  [[nodiscard]] net::HttpResponse get(const net::HttpRequest& request, const Authorization& caller);
  /// Files that are the same for everyone; nothing for other paths.
  [[nodiscard]] std::optional<net::HttpResponse> asset(const std::string& path) const;
  /// /healthz and /readyz; nothing for other paths.
  [[nodiscard]] std::optional<net::HttpResponse> probe(const std::string& path) const;
  /// /api/ice-servers, /api/robots and /metrics; nothing for other paths.
  [[nodiscard]] std::optional<net::HttpResponse> api(const std::string& path, const Authorization& caller);
  [[nodiscard]] net::HttpResponse metrics();
  /// The list, or a robot's page.
  [[nodiscard]] net::HttpResponse page(const std::string& path, const Authorization& caller);
  /// /login and /logout; nothing for other paths.
  [[nodiscard]] std::optional<net::HttpResponse> sign_in(const net::HttpRequest& request);
  [[nodiscard]] net::HttpResponse login_form(const net::HttpRequest& request) const;
  [[nodiscard]] net::HttpResponse sign_out(const net::HttpRequest& request);
  /// Closes the pages of an ended session and has robots end its viewers.
  void on_session_ended();
  /// 405, with the methods of that path.
  [[nodiscard]] net::HttpResponse wrong_method(const std::string& path, const std::string& message = {});
  [[nodiscard]] net::HttpResponse refusal_of(const net::HttpRequest& request, const Authorization& authorization);
  /// Rereads secrets and revocations about once a second, and closes robots whose token is no longer valid.
  void refresh_credentials();
  void close_ended_robots();
  /// For a robot whose upgrade was accepted.
  [[nodiscard]] broker::RobotCredential credential_of(const net::HttpRequest& request, broker::SocketId id);
  [[nodiscard]] bool is_taken(const signal::RobotName& name, const std::string& owner) const;

  /// Carries out the broker's decisions, then sets the timer for the next call.
  void pump();
  /// Passes actions for pages to the pages, and the rest to `carry_out`.
  void on_action(broker::Action action);
  void carry_out(broker::Action action);
  /// Marks a socket as a robot's, so that it no longer counts as a pending connection (--max-pending).
  void settle_robot(const broker::Action& action);
  void log_end(const OfferLog::Ended& ended);
  /// Logs the number of suppressed lines, about once a second.
  void log_counts();
  // answer_headers.cpp
  /// Adds the headers that tell browsers how to use an answer.
  [[nodiscard]] net::HttpResponse finished(const net::HttpRequest& request, net::HttpResponse response) const;
  /// The header fields that let pages of an allowed origin read the answer (CORS, Fetch standard section 3.2).
  [[nodiscard]] HeaderFields origin_fields(const net::HttpRequest& request) const;
  [[nodiscard]] std::optional<net::HttpResponse> preflight(const net::HttpRequest& request) const;
  /// Refuses requests that this server must not answer: for a foreign host name, or without required TLS.
  [[nodiscard]] std::optional<net::HttpResponse> refuse_way(const net::HttpRequest& request, bool is_upgrade);
  [[nodiscard]] net::HttpResponse refuse_foreign_page(const net::HttpRequest& request);
  [[nodiscard]] net::HttpResponse refusal(signal::Refusal refusal, const std::string& message = {});

  const std::shared_ptr<net::IoThread> io_;
  const SignallingOptions options_;
  const LogSink log_;
  PageForms robot_page_;
  PageForms list_page_;
  std::string script_;
  std::string module_;
  Timestamp started_at_{};

  Authenticator authenticator_;
  std::shared_ptr<IceServerProvider> relays_;  ///< Shared with the broker, which calls it for each offer.
  broker::Broker broker_;
  RateLimiter rate_;
  RateLimiter offer_rate_;  ///< By the robot's name.
  OfferLog offers_;
  PageConnections pages_;
  std::unordered_map<broker::SocketId, std::shared_ptr<net::WebSocket>> sockets_;
  std::unordered_set<broker::SocketId> checked_;  ///< Robots that have not responded to `CheckAlive` yet.
  struct Waiting {
    std::shared_ptr<net::HttpResponder> responder;
    HeaderFields headers;  ///< Of the answer, computed from the request.
  };
  std::unordered_map<broker::RequestId, Waiting> responders_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<broker::SocketId, std::shared_ptr<const access::Credential>>
      robot_grants_;  ///< Robots with a token.
  std::shared_ptr<void> timer_;
  Timestamp timer_at_ = kNever;  ///< When the timer expires; never later than the next due time.
  std::shared_ptr<void> credentials_timer_;
  std::shared_ptr<ClusterLink> cluster_;  ///< Null for a single server.
  bool stopping_ = false;
  std::array<std::int64_t, signal::kRefusalCount> refused_here_{};  ///< Refused without the broker.
  runtime::LimitedLog refused_log_;                                 ///< Robots and pages, by address.
  LogSampler pages_refused_{};
  std::unique_ptr<net::HttpServer> http_;  ///< Last: destroyed first.
};

}  // namespace rtcbot::server
