// Pages' websockets and robots' pictures.
#include <utility>

#include "request_parts.hpp"
#include "rtcbot/net/client_address.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "rtcbot/signal/description.hpp"
#include "signalling_server.hpp"

namespace rtcbot::server {

using runtime::now;
using signal::Refusal;

namespace {

/// Where the list's page gets changes of all robots.
constexpr std::string_view kListPath = "/api/robots";
/// Stands for the default robot where a path needs a name; no robot's name begins so.
constexpr std::string_view kDefault = "_";

}  // namespace

PageConnections::Host SignallingServer::page_host() {
  // `this` is valid, because the desk is a member.
  return {.rate = [this](const std::string& address,
                         const signal::RobotName& robot) -> std::optional<std::chrono::seconds> {
            if (const auto wait = rate_.check(now(), address)) return wait;
            // Shares its bucket with the robot's POST.
            return offer_rate_.check(now(), robot.is_default() ? "/connect" : std::string("/").append(robot.text()));
          },
          .began = [this](broker::RequestId request, const signal::RobotName& robot,
                          const std::string& address) { return offers_.begin(now(), request, robot, address, {}); },
          .given_up =
              [this](broker::RequestId request) {
                log_end(offers_.abandon(now(), request));
                if (cluster_) cluster_->abandoned(request);
              },
          .elsewhere =
              [this](const broker::PageOffer& offer, const Result<signal::Description>& checked,
                     const std::string& log_id) {
                if (!cluster_ || broker_.is_online(offer.robot)) return false;
                cluster_->offer(offer.request, offer.robot, checked, log_id, offer.permissions);
                return true;
              }};
}

tl::expected<broker::PageView, net::HttpResponse> SignallingServer::page_view(const net::HttpRequest& request) {
  auto caller = authenticator_.judge_page_socket(request, options_.allowed_origins);
  if (caller.refusal) return tl::unexpected(refusal_of(request, caller));
  broker::PageView view;
  if (!caller.grant || access::may(*caller.grant, access::Action::relay)) {
    view.ice_servers = relays_->servers(unix_now(), caller.relay_owner());
  }
  if (caller.grant) {
    view.why_ended = [weak = weak_from_this(), caller] {
      const auto self = weak.lock();
      return self ? self->authenticator_.why_ended(caller) : std::nullopt;
    };
  }
  if (request.path == kListPath) {
    view.shows = [caller](const signal::RobotName& name) { return caller.shows(name); };
    return view;
  }
  auto robot = robot_of(request.path);
  if (!robot) {
    return tl::unexpected(refusal(
        Refusal::not_found, "Pages open websockets at /connect or /NAME, and at /api/robots for the list of robots."));
  }
  view.robot = std::move(*robot);
  view.permissions = [caller, robot = *view.robot] { return caller.permissions_for(robot); };
  // An offer by websocket has the same rules as a POST at the same address.
  view.may_connect = caller.may_connect_to(*view.robot);
  return view;
}

std::optional<net::HttpResponse> SignallingServer::on_page_upgrade(const net::HttpRequest& request) {
  if (stopping_) return refusal(Refusal::stopping);
  if (!is_of_own_page(request, options_.allowed_origins)) return refuse_foreign_page(request);
  const auto view = page_view(request);
  return view ? std::nullopt : std::optional(view.error());
}

bool SignallingServer::refuse_page(const net::HttpRequest& request, net::WebSocket& socket) {
  const auto key = net::limit_key(request.remote_address);
  const auto refused = pages_.refusal_for(key);
  if (!refused) return false;
  refused_log_.write(now(), "page/" + key,
                     {LogLevel::warning, "access",
                      "a page from " + request.remote_address +
                          " was refused: " + refused->message.substr(0, refused->message.find(',')) +
                          " (--max-pages, --pages-per-address)"});
  // A browser tells a page nothing about a refused upgrade, so the socket opens first.
  (void)socket.send(write_message(*refused));
  socket.close(1013, "too many pages");
  return true;
}

void SignallingServer::on_page_socket(const net::HttpRequest& request, const std::shared_ptr<net::WebSocket>& socket) {
  auto view = page_view(request);
  if (!view) return socket->close(1008, "no longer allowed");
  if (refuse_page(request, *socket)) return;
  socket->settle();  // Pages have their own limits: --max-pages, --pages-per-address.
  const broker::PageId id(++last_id_);
  pages_.connected(now(), id, socket, std::move(*view), net::limit_key(request.remote_address));
  socket->set_observer({
      .on_message =
          [weak = weak_from_this(), id](const std::string& message, bool binary) {
            if (const auto self = weak.lock()) {
              self->pages_.message(now(), id, message, binary);
              self->pump();
            }
          },
      .on_closed =
          [weak = weak_from_this(), id](const net::WebSocketClosed&) {
            if (const auto self = weak.lock()) {
              self->pages_.disconnected(id);
              self->pump();
            }
          },
  });
  pump();
}

std::optional<net::HttpResponse> SignallingServer::snapshot(const std::string& path,
                                                            const Authorization& caller) const {
  constexpr std::string_view kEnd = "/snapshot.jpg";
  const std::string begin = std::string(kListPath) + "/";
  if (!path.starts_with(begin) || !path.ends_with(kEnd) || path.size() < begin.size() + kEnd.size()) {
    return std::nullopt;
  }
  const std::string name = path.substr(begin.size(), path.size() - begin.size() - kEnd.size());
  const auto robot = signal::RobotName::parse(name == kDefault ? "" : name);
  const bool is_shown = robot && !name.empty() && caller.shows(*robot);
  const std::string* jpeg = is_shown ? pages_.directory().snapshot(*robot) : nullptr;
  net::HttpResponse response;
  response.headers = {{"Cache-Control", "no-store"}};
  if (jpeg == nullptr) {
    response.status = signal::http_status(Refusal::not_found);
    response.content_type = "application/json; charset=utf-8";
    response.body = refusal_json(Refusal::not_found,
                                 "There is no picture of that robot. rtcbot-robot --snapshots SECONDS sends pictures.");
    return response;
  }
  response.content_type = "image/jpeg";
  response.body = *jpeg;
  return response;
}

}  // namespace rtcbot::server
