// Which robots and pages may open a websocket, and at which path.
#include <utility>

#include <nlohmann/json.hpp>

#include "clock.hpp"
#include "request_parts.hpp"
#include "rtcbot/net/client_address.hpp"
#include "rtcbot/signal/check.hpp"
#include "web_front.hpp"

namespace rtcbot::server {
namespace {

using signal::Refusal;

/// Where the list's page gets changes of all robots.
constexpr std::string_view kListPath = "/api/robots";
constexpr std::size_t kMaxCloseReason = 123;  // RFC 6455 section 5.5

}  // namespace

std::optional<net::HttpResponse> WebFront::on_upgrade(const net::HttpRequest& asked, std::string& subprotocol) {
  auto request = asked;
  request.path = without_slash(asked.path);
  auto refused = refuse_upgrade(request, subprotocol);
  if (!refused) return std::nullopt;
  return parts_.headers->finished(asked, std::move(*refused));
}

std::optional<net::HttpResponse> WebFront::refuse_upgrade(const net::HttpRequest& request, std::string& subprotocol) {
  if (auto refused = parts_.filter.refuse_way(request, true)) return refused;
  const bool is_page = PageSockets::is_asked_by(request);
  if (is_page) {
    subprotocol = signal::kPageSubprotocol;
  } else if (!robot_of(request.path) || request.path == "/connect") {
    return parts_.refusals.make(
        Refusal::not_found,
        std::string("A robot cannot connect at '")
            .append(request.path.substr(0, signal::RobotName::kMaxBytes))
            .append(
                "'. Robots connect at /ws, or at /NAME, where NAME is up to 64 letters, digits, '_', '.' and '-'."));
  }
  if (parts_.signalling.is_stopping()) return parts_.refusals.make(Refusal::stopping);
  if (auto refused = parts_.filter.refuse_foreign_page(request)) return refused;
  if (!is_page) return refuse_robot(request, subprotocol);
  const auto view = page_view(request);
  return view ? std::nullopt : std::optional(view.error());
}

std::optional<net::HttpResponse> WebFront::refuse_robot(const net::HttpRequest& request, std::string& subprotocol) {
  const auto caller = parts_.authenticator.judge_robot(request);
  if (caller.refusal) {
    parts_.refused_log.write(
        runtime::now(), "robot/" + net::limit_key(request.remote_address),
        {LogLevel::warning, "access",
         "a robot at " + request.path + " from " + request.remote_address + " was refused: " + caller.message});
    return parts_.refusals.make(*caller.refusal, caller.message);
  }
  const auto robot = robot_of(request.path).value_or(signal::RobotName());
  const auto owner = caller.grant ? access::owner_key(*caller.grant) : std::string();
  if (request.path != "/ws" && parts_.signalling.is_taken(robot, owner)) {
    return parts_.refusals.make(Refusal::name_taken);
  }
  const auto offered = header(request, "sec-websocket-protocol");
  if (offers_subprotocol(offered, signal::kCheckSubprotocol)) return registration_check(robot);
  if (offers_subprotocol(offered, signal::kSubprotocol)) subprotocol = signal::kSubprotocol;
  return std::nullopt;
}

net::HttpResponse WebFront::registration_check(const signal::RobotName& robot) const {
  const std::string label = robot.is_default() ? "robot" : robot.text();
  auto answer = nlohmann::json::parse(ice_servers_json(parts_.relays.servers(unix_now(), {.label = label}), {}));
  answer["time"] = runtime::unix_time_ms();
  return content("application/json; charset=utf-8", answer.dump());
}

bool WebFront::refuse_crowd(const net::HttpRequest& request, net::WebSocket& socket) {
  const auto key = net::limit_key(request.remote_address);
  const auto refused = parts_.signalling.refusal_for_page(key);
  if (!refused) return false;
  parts_.refused_log.write(runtime::now(), "page/" + key,
                           {LogLevel::warning, "access",
                            "a page from " + request.remote_address +
                                " was refused: " + refused->message.substr(0, refused->message.find(',')) +
                                " (--max-pages, --pages-per-address)"});
  // A browser tells a page nothing about a refused upgrade, so the socket opens first.
  (void)socket.send(write_message(*refused));
  socket.close(1013, "too many pages");
  return true;
}

tl::expected<broker::PageView, net::HttpResponse> WebFront::page_view(const net::HttpRequest& request) {
  const bool is_list = request.path == kListPath;
  auto robot = robot_of(request.path);
  const auto need = robot && !is_list ? Need::of(access::Action::look, *robot) : Need::person();
  const auto caller = parts_.authenticator.judge_page_socket(request, need, parts_.filter.allowed_origins());
  if (caller.refusal) return tl::unexpected(refusal_of(request, caller));
  broker::PageView view;
  if (!caller.grant || access::may(*caller.grant, access::Action::relay)) {
    view.ice_servers = parts_.relays.servers(unix_now(), caller.relay_owner());
  }
  if (caller.grant) {
    // The pages end before the authenticator.
    view.why_ended = [&authenticator = parts_.authenticator, caller] { return authenticator.why_ended(caller); };
  }
  if (is_list) {
    view.shows = [caller](const signal::RobotName& name) { return caller.shows(name); };
    return view;
  }
  if (!robot) {
    return tl::unexpected(parts_.refusals.make(
        Refusal::not_found, "Pages open websockets at /connect or /NAME, and at /api/robots for the list of robots."));
  }
  view.robot = std::move(*robot);
  view.permissions = [caller, robot = *view.robot] { return caller.permissions_for(robot); };
  // An offer by websocket has the same rules as a POST at the same address.
  view.may_connect = caller.may_connect_to(*view.robot);
  return view;
}

void WebFront::on_web_socket(net::HttpRequest request, std::shared_ptr<net::WebSocket> socket) {
  request.path = std::string(without_slash(request.path));
  if (socket->subprotocol() != signal::kPageSubprotocol) {
    auto caller = parts_.authenticator.judge_robot(request);
    if (caller.refusal) return socket->close(signal::kCloseForbidden, caller.message.substr(0, kMaxCloseReason));
    return parts_.signalling.robot_connected(request, std::move(socket), std::move(caller.grant));
  }
  auto view = page_view(request);
  if (!view) return socket->close(1008, "no longer allowed");
  if (refuse_crowd(request, *socket)) return;
  socket->settle();  // Pages have their own limits: --max-pages, --pages-per-address.
  parts_.signalling.page_connected(std::move(socket), std::move(*view), net::limit_key(request.remote_address));
}

}  // namespace rtcbot::server
