#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rtcbot-server/admission.hpp"
#include "rtcbot-server/cluster_link.hpp"
#include "rtcbot-server/gate.hpp"
#include "rtcbot-server/offer_log.hpp"
#include "rtcbot-server/own_page.hpp"
#include "rtcbot-server/page_desk.hpp"
#include "rtcbot-server/page_forms.hpp"
#include "rtcbot-server/page_headers.hpp"
#include "rtcbot-server/relay_desk.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/base/log_thinner.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/net/http_server.hpp"
#include "rtcbot/net/io_thread.hpp"
#include "rtcbot/runtime/limited_log.hpp"

namespace rtcbot::app {

struct SignallingOptions {
  net::HttpServerConfig http;
  broker::Config broker;
  RateLimiter::Config rate;
  nats::NatsOptions nats;                                         ///< Without URLs: this server is alone.
  TokenBucket::Rate robot_rate{.per_second = 100, .burst = 500};  ///< Offers to one robot; messages from one.
  bool relay_only = false;                                        ///< Pages are told to go through TURN alone.
  PageDeskOptions pages;
  std::string page_file;           ///< Shown at `/` and `/{robot}` in place of the built-in page.
  AllowedOrigins allowed_origins;  ///< Further origins whose pages may connect.
  FrameAncestors frame_ancestors;  ///< Whose pages may show ours in a frame.
  /// Names by which this server is reached, beside those that nobody else can have: only at these an open server
  /// answers, see `is_own_host`.
  std::vector<std::string> hosts;
  bool only_secure = false;  ///< Without TLS, ours or a trusted proxy's, nothing but the probes is answered.
  GateOptions gate;
  RelayOptions relays;
};

/// The known address: the broker with sockets. Thread-safe; all decisions are made on the I/O thread.
class SignallingServer : public std::enable_shared_from_this<SignallingServer> {
 public:
  /// Errors: address_in_use, bad_address; bad_config when the page file cannot be read.
  [[nodiscard]] static Result<std::shared_ptr<SignallingServer>> start(std::shared_ptr<net::IoThread> io,
                                                                       SignallingOptions options, LogSink log);
  ~SignallingServer();

  [[nodiscard]] std::uint16_t port() const { return http_->port(); }

  /// Reads the certificate again, see `HttpServer::reload_certificate`.
  Result<void> reload_certificate() { return http_->reload_certificate(); }

  /// Looks at the files of secrets and revocations now, as it does about once a second by itself.
  void reload_credentials();

  /// Tells everybody, lets them go, and returns when they have or `limit` has passed.
  void stop(std::chrono::milliseconds limit);

 private:
  using HeaderFields = std::vector<std::pair<std::string, std::string>>;

  SignallingServer(std::shared_ptr<net::IoThread> io, SignallingOptions options, Gate gate, LogSink log);

  // The shell of the three kinds of input; each ends in pump().
  void on_request(net::HttpRequest request, std::shared_ptr<net::HttpResponder> responder);
  [[nodiscard]] net::HttpResponse registration_check(const signal::RobotName& robot) const;
  [[nodiscard]] std::optional<net::HttpResponse> on_upgrade(const net::HttpRequest& request, std::string& subprotocol);
  void on_web_socket(const net::HttpRequest& request, std::shared_ptr<net::WebSocket> socket);
  void on_robot_message(broker::SocketId id, const std::string& message, bool binary);
  void close_talker(broker::SocketId id);
  // page_routes.cpp
  [[nodiscard]] PageDesk::Host page_host();
  [[nodiscard]] std::optional<net::HttpResponse> on_page_upgrade(const net::HttpRequest& request);
  /// Whether this page may have a socket at this path, and what it may on it: the one place where that is decided.
  [[nodiscard]] tl::expected<broker::PageView, net::HttpResponse> page_view(const net::HttpRequest& request);
  void on_page_socket(const net::HttpRequest& request, const std::shared_ptr<net::WebSocket>& socket);
  /// `/api/robots/NAME/snapshot.jpg`; nothing for another path.
  [[nodiscard]] std::optional<net::HttpResponse> snapshot(const std::string& path, const Verdict& caller) const;
  void on_timeout();

  void on_offer(const net::HttpRequest& request, const signal::RobotName& robot, signal::Right right,
                std::shared_ptr<net::HttpResponder> responder);
  [[nodiscard]] std::optional<net::HttpResponse> refuse_offer(const net::HttpRequest& request);
  /// Of a body in a form that is not read here: compressed, or SDP by itself.
  [[nodiscard]] std::optional<net::HttpResponse> refuse_form(const net::HttpRequest& request);
  /// The answer to everything but an offer that goes on to its robot, with who asks in `caller`.
  [[nodiscard]] std::optional<net::HttpResponse> answer_now(const net::HttpRequest& request, Verdict& caller);
  [[nodiscard]] std::optional<net::HttpResponse> redirect_of_slash(const net::HttpRequest& request);
  /// Puts together what browsers are given, once; `page` is the robot's, ours or the user's own.
  void make_pages(std::string page);
  /// Here and at other servers, by name.
  [[nodiscard]] std::vector<broker::RobotInfo> robots_online() const;
  /// Joins the other servers, if there are any.
  [[nodiscard]] Result<void> join_cluster();
  [[nodiscard]] net::HttpResponse get(const std::string& path, const Verdict& caller);
  /// /login and /logout; nothing for other paths.
  [[nodiscard]] std::optional<net::HttpResponse> sign_in(const net::HttpRequest& request);
  /// 405, with what may be asked of that path instead.
  [[nodiscard]] net::HttpResponse wrong_method(const std::string& path, const std::string& message = {});
  [[nodiscard]] net::HttpResponse refusal_by_gate(const net::HttpRequest& request, const Verdict& verdict);
  /// Rereads secrets and revocations about once a second, and closes robots whose token is valid no more.
  void keep_gate();
  void close_ended_robots();
  /// Of a robot whose upgrade was accepted.
  [[nodiscard]] broker::Credential credential_of(const net::HttpRequest& request, broker::SocketId id);
  [[nodiscard]] bool is_taken(const signal::RobotName& name, const std::string& owner) const;

  /// Carries out what the broker decided, then sees to it that it is asked again in time.
  void pump();
  /// To the pages what is for them, and the rest to `carry_out`.
  void on_action(broker::Action action);
  void carry_out(broker::Action action);
  /// A socket that is a robot now, and no longer a connection that may become one (--max-pending).
  void settle_robot(const broker::Action& action);
  void log_end(const OfferLog::Ended& ended);
  /// How many lines were not logged, about once a second.
  void log_counts();
  // answer_headers.cpp
  /// Puts everything into an answer that a browser is to know about its use.
  [[nodiscard]] net::HttpResponse finished(const net::HttpRequest& request, net::HttpResponse response) const;
  /// Fields by which a browser lets pages of an allowed origin read the answer (CORS, Fetch standard section 3.2).
  [[nodiscard]] HeaderFields origin_fields(const net::HttpRequest& request) const;
  [[nodiscard]] std::optional<net::HttpResponse> preflight(const net::HttpRequest& request) const;
  /// Refuses what this server must not answer at all: an address that is not its own, or a path without TLS.
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

  Gate gate_;
  std::shared_ptr<RelayDesk> relays_;  ///< Shared with the broker, which asks it for each offer.
  broker::Broker broker_;
  RateLimiter rate_;
  RateLimiter offer_rate_;  ///< By the robot's name.
  OfferLog offers_;
  PageDesk pages_;
  std::unordered_map<broker::SocketId, std::shared_ptr<net::WebSocket>> sockets_;
  struct Waiting {
    std::shared_ptr<net::HttpResponder> responder;
    HeaderFields headers;  ///< Of the answer, known when the request came.
  };
  std::unordered_map<broker::RequestId, Waiting> responders_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<broker::SocketId, std::shared_ptr<const access::Grant>> robot_grants_;  ///< Where one was shown.
  std::shared_ptr<void> timer_;
  Timestamp timer_at_ = kNever;  ///< When it goes off; not after what it was set for.
  std::shared_ptr<void> gate_timer_;
  std::shared_ptr<ClusterLink> cluster_;  ///< Null where this server is alone.
  bool stopping_ = false;
  std::array<std::int64_t, signal::kRefusalCount> refused_here_{};  ///< Without asking the broker.
  runtime::LimitedLog robots_refused_;                              ///< By address.
  LogThinner pages_refused_{};
  std::unique_ptr<net::HttpServer> http_;  ///< Last: it ends first.
};

}  // namespace rtcbot::app
