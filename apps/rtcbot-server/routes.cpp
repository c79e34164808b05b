// Which path is what: the table of README.md's "Paths" in code.
#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/options.hpp"
#include "rtcbot-server/reports.hpp"
#include "rtcbot-server/request_parts.hpp"
#include "rtcbot-server/signalling_server.hpp"
#include "rtcbot/net/client_address.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "rtcbot/web/assets.hpp"

namespace rtcbot::app {
namespace {

using runtime::now;
using signal::Refusal;

constexpr std::string_view kJson = "application/json; charset=utf-8";
constexpr std::string_view kScript = "application/javascript; charset=utf-8";

net::HttpResponse content(std::string_view type, std::string body) {
  net::HttpResponse response;
  response.content_type = type;
  response.body = std::move(body);
  response.headers = {{"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-cache"}};
  return response;
}

/// What pages of this server shall use for their connections, as the value of `rtcbotDefaults`; empty: nothing special.
/// `ask_anew`: the servers are asked for before each connection, and the script, which anybody may read, names none.
std::string page_defaults(const std::vector<signal::IceServer>& servers, bool ask_anew, bool relay_only) {
  if (servers.empty() && !relay_only && !ask_anew) return {};
  auto defaults = nlohmann::json::object();
  defaults["iceServers"] = nlohmann::json::parse(ice_servers_json(servers, {})).at("ice_servers");
  if (ask_anew) defaults["iceServersUrl"] = "/api/ice-servers";
  if (relay_only) defaults["iceTransportPolicy"] = "relay";
  std::string text = defaults.dump();
  // So that a password with "</script>" in it cannot end the script that it stands in.
  for (auto at = text.find('<'); at != std::string::npos; at = text.find('<', at)) text.replace(at, 1, "\\u003c");
  return text;
}

/// `text` with `prefix` in front of the first `mark`, or as it is where either is missing.
std::string insert_before(std::string text, std::string_view mark, const std::string& prefix) {
  const auto at = text.find(mark);
  return at == std::string::npos ? text : text.insert(at, prefix);
}

/// A page of ours that knows which ways lead on from it: out, and to the list of robots.
std::string with_doors(std::string page, bool signs_out, bool has_list) {
  if (!signs_out && !has_list) return page;
  const nlohmann::json doors{{"signOut", signs_out}, {"list", has_list}};
  return insert_before(std::move(page), "<script>", "<script>var rtcbotDoors = " + doors.dump() + ";</script>\n");
}

Result<std::string> read_page(const std::string& path) {
  if (path.empty()) return std::string(web::robot_page());
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::bad_config, "cannot read the page " + path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

Result<std::shared_ptr<SignallingServer>> SignallingServer::start(std::shared_ptr<net::IoThread> io,
                                                                  SignallingOptions options, LogSink log) {
  auto page = read_page(options.page_file);
  if (!page) return fail(page.error());
  auto gate = Gate::make(options.gate);
  if (!gate) return fail(gate.error());
  auto self = std::shared_ptr<SignallingServer>(new SignallingServer(io, std::move(options), std::move(*gate), log));
  self->page_ = std::move(*page);
  self->list_page_ = web::list_page();
  // The library looks for a page's websocket at servers alone that say that they have one.
  const std::string signalling = "rtcbotSignalling = \"" + std::string(signal::kPageSubprotocol) + "\";";
  self->script_ = std::string("var ").append(signalling).append("\n").append(web::rtcbot_js());
  self->module_ = std::string("globalThis.").append(signalling).append("\n").append(web::rtcbot_mjs());
  if (self->options_.page_file.empty()) {
    self->page_ = insert_before(self->page_, "<script>", "<script>var " + signalling + "</script>\n");
  }
  auto& relays = *self->relays_;
  const bool ask_anew = relays.is_fresh_each_time() || (relays.has_credentials() && !self->gate_.is_open());
  if (const auto defaults =
          page_defaults(ask_anew ? relays.stun() : relays.servers(unix_now(), {}), ask_anew, self->options_.relay_only);
      !defaults.empty()) {
    self->script_.insert(0, "var rtcbotDefaults = " + defaults + ";\n");
    self->module_.insert(0, "globalThis.rtcbotDefaults = " + defaults + ";\n");
    // The built-in page has the library within; a page of the user's own takes it from one of the above.
    if (self->options_.page_file.empty()) {
      self->page_ = insert_before(self->page_, "<script>", "<script>var rtcbotDefaults = " + defaults + ";</script>\n");
    }
  }
  net::HttpServer::Handlers handlers;
  const std::weak_ptr<SignallingServer> weak = self;
  handlers.request = [weak](net::HttpRequest request, std::shared_ptr<net::HttpResponder> responder) {
    if (const auto server = weak.lock()) server->on_request(std::move(request), std::move(responder));
  };
  handlers.upgrade = [weak](const net::HttpRequest& request,
                            std::string& subprotocol) -> std::optional<net::HttpResponse> {
    const auto server = weak.lock();
    if (server) return server->on_upgrade(request, subprotocol);
    return content(kJson, signal::refusal_json(Refusal::stopping));
  };
  handlers.web_socket = [weak](const net::HttpRequest& request, std::shared_ptr<net::WebSocket> socket) {
    if (const auto server = weak.lock()) server->on_web_socket(request, std::move(socket));
  };
  if (auto joined = self->join_cluster(); !joined) return fail(joined.error());
  auto http = net::HttpServer::listen(std::move(io), self->options_.http, std::move(handlers), std::move(log));
  if (!http) return fail(http.error());
  self->http_ = std::move(*http);
  if (!self->gate_.is_open()) self->reload_credentials();
  return self;
}

net::HttpResponse SignallingServer::refusal(Refusal reason, const std::string& message) {
  ++refused_here_.at(static_cast<std::size_t>(reason));
  net::HttpResponse response;
  response.status = signal::http_status(reason);
  response.content_type = kJson;
  response.body = signal::refusal_json(reason, message);
  response.headers = {{"Cache-Control", "no-store"}};
  allow_origin(response);
  return response;
}

void SignallingServer::allow_origin(net::HttpResponse& response) const {
  if (options_.allowed_origin.empty()) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", options_.allowed_origin);
  response.headers.emplace_back("Vary", "Origin");
}

void SignallingServer::on_request(net::HttpRequest request, std::shared_ptr<net::HttpResponder> responder) {
  const auto caller = gate_.judge(request, options_.allowed_origin);
  if (caller.refusal) return responder->respond(refusal_by_gate(request, caller));
  if (auto answer = sign_in(request)) return responder->respond(std::move(*answer));
  if (request.method == "GET") {
    auto answer = get(request.path == "/" && request.query == "watch" ? "/?watch" : request.path, caller);
    // Half a year (RFC 6797): who signs in here by TLS shall not be led to a page without.
    if (request.is_secure && !gate_.is_open()) {
      answer.headers.emplace_back("Strict-Transport-Security", "max-age=15552000");
    }
    responder->respond(std::move(answer));
    return;
  }
  const auto robot = robot_of(request.path);
  if (request.method == "OPTIONS" && robot && !options_.allowed_origin.empty()) {
    net::HttpResponse preflight;
    preflight.status = 204;
    allow_origin(preflight);
    preflight.headers.emplace_back("Access-Control-Allow-Methods", "POST");
    preflight.headers.emplace_back("Access-Control-Allow-Headers", "Content-Type");
    responder->respond(std::move(preflight));
    return;
  }
  if (request.method != "POST" || !robot || request.path == "/ws") {
    const bool known = robot || request.path == "/";
    responder->respond(
        known ? wrong_method(request.path)
              : refusal(Refusal::not_found, "There is nothing here. " + std::string(robot.error().what())));
    return;
  }
  if (auto refused = refuse_offer(request)) {
    responder->respond(std::move(*refused));
    return;
  }
  on_offer(request, *robot, caller.right_to(*robot), std::move(responder));
}

std::optional<net::HttpResponse> SignallingServer::refuse_offer(const net::HttpRequest& request) {
  if (!is_of_own_page(request, options_.allowed_origin)) {
    return refusal(Refusal::forbidden, "Pages of another site may not connect here; --allow-origin allows one.");
  }
  if (const auto wait = rate_.check(now(), net::limit_key(request.remote_address))) {
    auto refused = refusal(Refusal::busy, "Too many requests from this address; wait and try again.");
    refused.headers.emplace_back("Retry-After", std::to_string(wait->count()));
    return refused;
  }
  if (const auto wait = offer_rate_.check(now(), request.path)) {
    auto refused = refusal(Refusal::busy, "Too many people ask for this robot; wait and try again.");
    refused.headers.emplace_back("Retry-After", std::to_string(wait->count()));
    return refused;
  }
  return std::nullopt;
}

std::optional<net::HttpResponse> SignallingServer::on_upgrade(const net::HttpRequest& request,
                                                              std::string& subprotocol) {
  if (PageDesk::is_asked_by(request)) {
    subprotocol = signal::kPageSubprotocol;
    return on_page_upgrade(request);
  }
  const auto robot = robot_of(request.path);
  if (!robot || request.path == "/connect") {
    return refusal(
        Refusal::not_found,
        std::string("There is no place for a robot at '")
            .append(request.path.substr(0, signal::RobotName::kMaxBytes))
            .append("'. Robots connect at /ws, or at /NAME for a robot with a name, which is letters, digits, "
                    "'_', '.' and '-' alone, 64 at most."));
  }
  if (stopping_) return refusal(Refusal::stopping);
  if (!is_of_own_page(request, options_.allowed_origin)) {
    return refusal(Refusal::forbidden, "Pages of another site may not connect here; --allow-origin allows one.");
  }
  const auto caller = gate_.judge_robot(request);
  if (caller.refusal) {
    if (const auto note = robots_refused_.next(); note && log_) {
      log_({LogLevel::warning, "access",
            "a robot at " + request.path + " from " + request.remote_address + " was refused: " + caller.message +
                *note});
    }
    return refusal(*caller.refusal, caller.message);
  }
  const auto owner = caller.grant ? access::owner_key(*caller.grant) : std::string();
  if (request.path != "/ws" && is_taken(*robot, owner)) return refusal(Refusal::name_taken);
  if (offers_subprotocol(header(request, "sec-websocket-protocol"), signal::kSubprotocol)) {
    subprotocol = signal::kSubprotocol;
  }
  return std::nullopt;
}

net::HttpResponse SignallingServer::get(const std::string& path, const Verdict& caller) {
  if (path == "/rtcbot.js") return content(kScript, script_);
  if (path == "/rtcbot.mjs") return content(kScript, module_);
  if (path == "/rtcbot.d.ts") return content("text/plain; charset=utf-8", std::string(web::rtcbot_d_ts()));
  if (path == "/healthz") return content("text/plain; charset=utf-8", "ok\n");
  if (path == "/readyz") {
    const auto trouble = cluster_ ? cluster_->trouble() : std::nullopt;
    auto response = content("text/plain; charset=utf-8", stopping_ ? "stopping\n"
                                                         : trouble ? *trouble + "\n"
                                                                   : "ready\n");
    response.status = stopping_ || trouble ? 503 : 200;
    return response;
  }
  if (path == "/api/ice-servers") {
    const auto label = caller.grant ? (caller.grant->owner.empty() ? caller.grant->id : caller.grant->owner) : "page";
    auto response = content(kJson, ice_servers_json(relays_->servers(unix_now(), label), relays_->life()));
    response.headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
    return response;
  }
  if (path == "/api/robots") {
    auto robots = robots_online();
    std::erase_if(robots, [&](const broker::RobotInfo& robot) { return !caller.shows(robot.name); });
    return content(kJson, robots_json(robots, runtime::unix_time_ms()));
  }
  if (path == "/metrics") {
    const Duration uptime = now() - started_at_;
    ServerFigures figures{.broker = broker_.stats(),
                          .http = http_->stats(),
                          .refused_before_broker = refused_here_,
                          .robots_online = broker_.robots(now()).size(),
                          .requests_waiting = broker_.waiting(),
                          .uptime = uptime,
                          .answer_times = offers_.answer_times(),
                          .process = read_process_figures(),
                          .started_at_unix_seconds = static_cast<double>(runtime::unix_time_ms()) / 1e3 -
                                                     std::chrono::duration<double>(uptime).count(),
                          .pages = pages_.figures()};
    for (std::size_t i = 0; cluster_ && i < signal::kRefusalCount; ++i) {
      figures.refused_before_broker.at(i) += cluster_->refusals().at(i);
    }
    return content("text/plain; version=0.0.4; charset=utf-8",
                   metrics_text(figures) + (cluster_ ? cluster_->metrics_text() : std::string()));
  }
  if (auto picture = snapshot(path, caller)) return std::move(*picture);
  if (path == "/" && pages_.lists_at_root(!options_.page_file.empty())) {
    return content("text/html; charset=utf-8", with_doors(list_page_, caller.may_sign_out, false));
  }
  if (path == "/" || path == "/?watch" || (robot_of(path) && path != "/connect" && path != "/ws")) {
    const bool is_own = options_.page_file.empty();
    return content("text/html; charset=utf-8",
                   is_own ? with_doors(page_, caller.may_sign_out, path != "/" && pages_.lists_at_root(false)) : page_);
  }
  if (path == "/ws") return wrong_method(path, "This address is for robots, which dial it as a websocket.");
  if (path == "/connect") return wrong_method(path, "This address takes a page's offer by POST.");
  return refusal(Refusal::not_found, "There is nothing here. " + std::string(robot_of(path).error().what()));
}

net::HttpResponse SignallingServer::wrong_method(const std::string& path, const std::string& message) {
  auto response = refusal(Refusal::method_not_allowed, message);
  response.headers.emplace_back("Allow", methods_of(path));
  return response;
}

}  // namespace rtcbot::app
