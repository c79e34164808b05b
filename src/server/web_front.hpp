#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "answer_headers.hpp"
#include "authenticator.hpp"
#include "page_assets.hpp"
#include "request_filter.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/http/router.hpp"
#include "rtcbot/net/http_server.hpp"
#include "rtcbot/runtime/limited_log.hpp"
#include "signalling.hpp"

namespace rtcbot::server {

/// A request that has passed all checks, on its way to what answers it.
struct Call {
  net::HttpRequest request;
  http::Parameters parameters{};
  Authorization caller{};
  std::shared_ptr<net::HttpResponder> responder;
  std::shared_ptr<const AnswerHeaders> headers;

  /// Call it once, on any thread.
  void respond(net::HttpResponse response) const {
    responder->respond(headers->finished(request, std::move(response)));
  }
};

/// What an address requires, and what answers there.
struct Route {
  std::function<Need(const http::Parameters&)> need{};
  std::function<void(Call)> answer{};
  bool yields_to_files = false;  ///< A file of the user's web app at the same path comes first.
};

/// Decides which part of the server answers a request, and whether the requester may have it: the table of paths of
/// docs/programs.md. Used only on the I/O thread.
class WebFront {
 public:
  /// The other parts of the server, which must outlive this one.
  struct Parts {
    Authenticator& authenticator;
    RequestFilter& filter;
    Refusals& refusals;
    Signalling& signalling;
    IceServerProvider& relays;
    std::shared_ptr<const AnswerHeaders> headers;
    LogSink log;
    runtime::LimitedLog& refused_log;                  ///< For robots and pages that were refused.
    std::function<net::HttpServerStats()> http_stats;  ///< Of the port.
  };
  WebFront(Parts parts, PageAssets assets);

  /// Adds a route of the program.  Errors: bad_config for an invalid pattern, or one that the server uses itself.
  [[nodiscard]] Result<void> add(const std::string& method, const std::string& pattern, Route route);

  // The handlers of `net::HttpServer`.
  void on_request(net::HttpRequest request, std::shared_ptr<net::HttpResponder> responder);
  [[nodiscard]] std::optional<net::HttpResponse> on_upgrade(const net::HttpRequest& request, std::string& subprotocol);
  void on_web_socket(net::HttpRequest request, std::shared_ptr<net::WebSocket> socket);

 private:
  using Answer = std::function<net::HttpResponse(const Call&)>;

  // routes.cpp
  void add_routes();
  void add_files();
  void add_probes();
  void add_api();
  void add_sign_in();
  void add_robots();
  /// Adds a route that answers immediately.
  void add_now(const char* method, const char* pattern, Need need, Answer answer);
  [[nodiscard]] net::HttpResponse ready() const;
  [[nodiscard]] net::HttpResponse ice_servers(const Call& call) const;
  [[nodiscard]] net::HttpResponse robots(const Call& call) const;
  [[nodiscard]] net::HttpResponse snapshot(const Call& call) const;
  [[nodiscard]] net::HttpResponse login_form(const Call& call) const;
  [[nodiscard]] net::HttpResponse sign_out(const Call& call) const;
  /// The page at `/`: the list, or the default robot.
  [[nodiscard]] net::HttpResponse first_page(const Call& call);
  [[nodiscard]] net::HttpResponse page_of(const Call& call, const signal::RobotName& robot, bool has_list);
  /// Adds the session that the caller's browser lacks.
  [[nodiscard]] net::HttpResponse with_session(const Call& call, net::HttpResponse page) const;
  void offer(const Call& call);

  // web_front.cpp
  /// The answer to a request that no route may answer.
  [[nodiscard]] std::optional<net::HttpResponse> refuse_before(const net::HttpRequest& request);
  /// What answers a request: a route, or else `otherwise`; and what the requester needs for it.
  struct Found {
    const Route* route = nullptr;
    http::Parameters parameters{};
    Need need{};
    std::function<net::HttpResponse()> otherwise{};
  };
  /// Removes a '/' too many from the request's path. `request` must outlive the result.
  [[nodiscard]] Found find(net::HttpRequest& request);
  [[nodiscard]] std::optional<Found> find_file(const net::HttpRequest& request) const;
  [[nodiscard]] static net::HttpResponse without_final_slash(const net::HttpRequest& request);
  [[nodiscard]] net::HttpResponse nothing_here(const std::string& path) const;
  [[nodiscard]] net::HttpResponse wrong_method(const std::string& path, const std::string& allow) const;
  [[nodiscard]] net::HttpResponse refusal_of(const net::HttpRequest& request, const Authorization& authorization) const;

  // web_sockets.cpp
  [[nodiscard]] std::optional<net::HttpResponse> refuse_upgrade(const net::HttpRequest& request,
                                                                std::string& subprotocol);
  [[nodiscard]] std::optional<net::HttpResponse> refuse_robot(const net::HttpRequest& request,
                                                              std::string& subprotocol);
  /// Sends a page over the limits the reason and closes its socket; false: it is not over them.
  [[nodiscard]] bool refuse_crowd(const net::HttpRequest& request, net::WebSocket& socket);
  /// The only place that decides whether this page may have a socket at this path, and what it may do on it.
  [[nodiscard]] tl::expected<broker::PageView, net::HttpResponse> page_view(const net::HttpRequest& request);
  /// The answer to a robot that asks whether it would be accepted: the clock and its STUN and TURN servers.
  [[nodiscard]] net::HttpResponse registration_check(const signal::RobotName& robot) const;

  const Parts parts_;
  PageAssets assets_;
  http::Router<Route> router_;
};

}  // namespace rtcbot::server
