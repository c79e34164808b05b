// Which path is what: the table of README.md's "Paths" in code.
#include <fstream>
#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>

#include "reports.hpp"
#include "request_parts.hpp"
#include "rtcbot/net/client_address.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "rtcbot/signal/check.hpp"
#include "rtcbot/web/assets.hpp"
#include "signalling_server.hpp"

namespace rtcbot::server {
namespace {

using runtime::now;
using signal::Refusal;

constexpr std::string_view kJson = "application/json; charset=utf-8";
constexpr std::string_view kScript = "application/javascript; charset=utf-8";

net::HttpResponse content(std::string_view type, std::string body) {
  net::HttpResponse response;
  response.content_type = type;
  response.body = std::move(body);
  response.headers = {{"Cache-Control", "no-cache"}};
  return response;
}

net::HttpResponse content(const Page& page) {
  auto response = content("text/html; charset=utf-8", page.html);
  if (!page.policy.empty()) response.headers.emplace_back("Content-Security-Policy", page.policy);
  return response;
}

/// What pages of this server shall use for their connections, as the value of `rtcbotDefaults`; empty: nothing special.
/// `ask_anew`: the servers are asked for before each connection, and the script, which anybody may read, names none.
/// `base`: an expression for the address that paths of this server are relative to.
std::string page_defaults(const std::vector<signal::IceServer>& servers, bool ask_anew, bool relay_only,
                          std::string_view base) {
  if (servers.empty() && !relay_only && !ask_anew) return {};
  auto defaults = nlohmann::json::object();
  defaults["iceServers"] = nlohmann::json::parse(ice_servers_json(servers, {})).at("ice_servers");
  if (relay_only) defaults["iceTransportPolicy"] = "relay";
  std::string text = defaults.dump();
  // So that a password with "</script>" in it cannot end the script that it stands in.
  for (auto at = text.find('<'); at != std::string::npos; at = text.find('<', at)) text.replace(at, 1, "\\u003c");
  if (!ask_anew) return text;
  return std::string("Object.assign(")
      .append(text)
      .append(", {iceServersUrl: new URL(\"api/ice-servers\", ")
      .append(base)
      .append(").href})");
}

/// Statements in front of the library's script: what pages that load it from this server shall use. `base` is an
/// expression for the script's own address, as it may be loaded by a page of another origin.
std::string script_head(IceServerProvider& relays, bool ask_anew, bool relay_only, std::string_view base) {
  auto head = std::string("globalThis.rtcbotBase = ").append(base).append(";\n");
  head.append("globalThis.rtcbotSignalling = \"").append(signal::kPageSubprotocol).append("\";\n");
  const auto defaults = page_defaults(ask_anew ? relays.stun() : relays.servers(unix_now(), {}), ask_anew, relay_only,
                                      "globalThis.rtcbotBase");
  if (!defaults.empty()) head.append("globalThis.rtcbotDefaults = ").append(defaults).append(";\n");
  return head;
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
  auto authenticator = Authenticator::make(options.authenticator);
  if (!authenticator) return fail(authenticator.error());
  auto self =
      std::shared_ptr<SignallingServer>(new SignallingServer(io, std::move(options), std::move(*authenticator), log));
  self->make_pages(std::move(*page));
  net::HttpServer::Handlers handlers;
  const std::weak_ptr<SignallingServer> weak = self;
  handlers.request = [weak](net::HttpRequest request, std::shared_ptr<net::HttpResponder> responder) {
    if (const auto server = weak.lock()) server->on_request(std::move(request), std::move(responder));
  };
  handlers.upgrade = [weak](const net::HttpRequest& request,
                            std::string& subprotocol) -> std::optional<net::HttpResponse> {
    const auto server = weak.lock();
    if (!server) return content(kJson, signal::refusal_json(Refusal::stopping));
    auto refused = server->on_upgrade(request, subprotocol);
    return refused ? std::optional(server->finished(request, std::move(*refused))) : std::nullopt;
  };
  handlers.web_socket = [weak](net::HttpRequest request, std::shared_ptr<net::WebSocket> socket) {
    request.path = without_slash(std::string(request.path));
    if (const auto server = weak.lock()) server->on_web_socket(request, std::move(socket));
  };
  if (auto joined = self->join_cluster(); !joined) return fail(joined.error());
  auto http = net::HttpServer::listen(std::move(io), self->options_.http, std::move(handlers), std::move(log));
  if (!http) return fail(http.error());
  self->http_ = std::move(*http);
  self->reload_credentials();
  return self;
}

net::HttpResponse SignallingServer::refusal(Refusal reason, const std::string& message) {
  ++refused_here_.at(static_cast<std::size_t>(reason));
  net::HttpResponse response;
  response.status = signal::http_status(reason);
  response.content_type = kJson;
  response.body = signal::refusal_json(reason, message);
  response.headers = {{"Cache-Control", "no-store"}};
  return response;
}

void SignallingServer::make_pages(std::string page) {
  const bool is_own = options_.page_file.empty();
  const bool ask_anew = relays_->is_fresh_each_time() || (relays_->has_credentials() && !authenticator_.is_open());
  const auto head = [&](std::string_view base) { return script_head(*relays_, ask_anew, options_.relay_only, base); };
  // The library looks for a page's websocket at servers alone that say that they have one.
  script_ = head("globalThis.document?.currentScript?.src ?? globalThis.location?.href").append(web::rtcbot_js());
  module_ = head("import.meta.url").append(web::rtcbot_mjs());
  // The built-in page has the library within; a page of the user's own takes it from one of the above.
  if (is_own) page = insert_before(std::move(page), "<script>", "<script>" + head("location.href") + "</script>\n");
  const auto& ancestors = options_.frame_ancestors;
  robot_page_ = is_own ? PageForms(std::move(page), ancestors) : PageForms::of_user(std::move(page), ancestors);
  list_page_ = PageForms(std::string(web::list_page()), ancestors);
}

void SignallingServer::on_request(net::HttpRequest request, std::shared_ptr<net::HttpResponder> responder) {
  Authorization caller;
  if (auto answer = answer_now(request, caller)) return responder->respond(finished(request, std::move(*answer)));
  request.path = without_slash(std::string(request.path));
  const auto robot = robot_of(request.path);
  if (auto refused = refuse_offer(request)) return responder->respond(finished(request, std::move(*refused)));
  on_offer(request, *robot, caller.permissions_for(*robot), std::move(responder));
}

std::optional<net::HttpResponse> SignallingServer::answer_now(const net::HttpRequest& request, Authorization& caller) {
  if (auto refused = refuse_way(request, false)) return refused;
  if (auto allowed = preflight(request)) return allowed;
  caller = authenticator_.judge(request, options_.allowed_origins);
  if (caller.refusal) return refusal_of(request, caller);
  if (auto answer = sign_in(request)) return answer;
  if (request.method == "GET") {
    if (auto elsewhere = redirect_of_slash(request)) return elsewhere;
    if (request.path == "/manifest.webmanifest") {
      return content("application/manifest+json", manifest_for(request.query));
    }
    return get(request, caller);
  }
  const auto robot = robot_of(request.path);
  if (request.method == "POST" && robot && without_slash(request.path) != "/ws") return std::nullopt;
  if (robot || request.path == "/") return wrong_method(request.path);
  return refusal(Refusal::not_found, "There is nothing here. " + std::string(robot.error().what()));
}

std::optional<net::HttpResponse> SignallingServer::redirect_of_slash(const net::HttpRequest& request) {
  const auto path = without_slash(request.path);
  if (path.size() == request.path.size() || path.ends_with('/') || !robot_of(path)) return std::nullopt;
  // A page's own addresses are relative to its directory, so each page has one address. Relative itself: the server may
  // stand below a path that a proxy takes away.
  net::HttpResponse response;
  response.status = 308;
  auto where = std::string("..").append(net::escaped_path(path));
  if (!request.query.empty()) where.append("?").append(request.query);
  response.headers = {{"Location", std::move(where)}, {"Cache-Control", "no-cache"}};
  return response;
}

std::optional<net::HttpResponse> SignallingServer::refuse_offer(const net::HttpRequest& request) {
  if (!is_of_own_page(request, options_.allowed_origins)) return refuse_foreign_page(request);
  if (auto refused = refuse_form(request)) return refused;
  if (const auto wait = rate_.check(now(), net::limit_key(request.remote_address))) {
    auto refused =
        refusal(Refusal::rate_limited, "Too many requests come from your address. Wait, or close other pages.");
    refused.headers.emplace_back("Retry-After", std::to_string(wait->count()));
    return refused;
  }
  if (const auto wait = offer_rate_.check(now(), request.path)) {
    auto refused = refusal(Refusal::rate_limited, "Too many requests come for this robot. Wait and try again.");
    refused.headers.emplace_back("Retry-After", std::to_string(wait->count()));
    return refused;
  }
  return std::nullopt;
}

std::optional<net::HttpResponse> SignallingServer::refuse_form(const net::HttpRequest& request) {
  const bool is_sdp = is_media_type(header_view(request, "content-type"), "application/sdp");
  const auto coding = header(request, "content-encoding");
  const bool is_coded = !coding.empty() && !is_media_type(coding, "identity");
  if (!is_sdp && !is_coded) return std::nullopt;
  // 415 and what would be taken: RFC 9110 section 15.5.16.
  auto refused = refusal(
      Refusal::bad_offer,
      is_sdp ? "Send the offer as JSON, {\"type\": \"offer\", \"sdp\": \"v=0...\"}, not as application/sdp."
             : "The body is compressed (Content-Encoding: " + coding.substr(0, 40) + "); send the JSON as it is.");
  refused.status = 415;
  refused.headers.emplace_back("Accept", "application/json");
  refused.headers.emplace_back("Accept-Encoding", "identity");
  return refused;
}

std::optional<net::HttpResponse> SignallingServer::on_upgrade(const net::HttpRequest& asked, std::string& subprotocol) {
  auto request = asked;
  request.path = without_slash(asked.path);
  if (auto refused = refuse_way(request, true)) return refused;
  if (PageConnections::is_asked_by(request)) {
    subprotocol = signal::kPageSubprotocol;
    return on_page_upgrade(request);
  }
  const auto robot = robot_of(request.path);
  if (!robot || request.path == "/connect") {
    return refusal(
        Refusal::not_found,
        std::string("A robot cannot connect at '")
            .append(request.path.substr(0, signal::RobotName::kMaxBytes))
            .append(
                "'. Robots connect at /ws, or at /NAME, where NAME is up to 64 letters, digits, '_', '.' and '-'."));
  }
  if (stopping_) return refusal(Refusal::stopping);
  if (!is_of_own_page(request, options_.allowed_origins)) return refuse_foreign_page(request);
  const auto caller = authenticator_.judge_robot(request);
  if (caller.refusal) {
    refused_log_.write(
        now(), "robot/" + net::limit_key(request.remote_address),
        {LogLevel::warning, "access",
         "a robot at " + request.path + " from " + request.remote_address + " was refused: " + caller.message});
    return refusal(*caller.refusal, caller.message);
  }
  const auto owner = caller.grant ? access::owner_key(*caller.grant) : std::string();
  if (request.path != "/ws" && is_taken(*robot, owner)) return refusal(Refusal::name_taken);
  const auto offered = header(request, "sec-websocket-protocol");
  if (offers_subprotocol(offered, signal::kCheckSubprotocol)) return registration_check(*robot);
  if (offers_subprotocol(offered, signal::kSubprotocol)) {
    subprotocol = signal::kSubprotocol;
  }
  return std::nullopt;
}

/// The answer to a robot that asks whether it would be accepted: the clock and its STUN and TURN servers.
net::HttpResponse SignallingServer::registration_check(const signal::RobotName& robot) const {
  const std::string label = robot.is_default() ? "robot" : robot.text();
  auto answer = nlohmann::json::parse(ice_servers_json(relays_->servers(unix_now(), {.label = label}), {}));
  answer["time"] = runtime::unix_time_ms();
  return content(kJson, answer.dump());
}

net::HttpResponse SignallingServer::get(const net::HttpRequest& request, const Authorization& caller) {
  const std::string path = request.path == "/" && request.query == "watch" ? "/?watch" : request.path;
  if (auto answer = asset(path)) return *std::move(answer);
  if (auto answer = probe(path)) return *std::move(answer);
  if (auto answer = api(path, caller)) return *std::move(answer);
  if (auto picture = snapshot(path, caller)) return *std::move(picture);
  auto shown = page(path, caller);
  if (auto session = authenticator_.missing_session(request, caller)) {
    shown.headers.emplace_back("Set-Cookie", std::move(*session));
  }
  return shown;
}

std::optional<net::HttpResponse> SignallingServer::asset(const std::string& path) const {
  if (path == "/apple-touch-icon.png") return content("image/png", std::string(web::icon_png()));
  if (path == "/rtcbot.js") return content(kScript, script_);
  if (path == "/rtcbot.mjs") return content(kScript, module_);
  if (path == "/rtcbot-receiver.js") return content(kScript, std::string(web::receiver_js()));
  if (path == "/rtcbot.d.ts") return content("text/plain; charset=utf-8", std::string(web::rtcbot_d_ts()));
  if (path == "/robots.txt") return content("text/plain; charset=utf-8", "User-agent: *\nDisallow: /\n");
  return std::nullopt;
}

std::optional<net::HttpResponse> SignallingServer::probe(const std::string& path) const {
  if (path == "/healthz") return content("text/plain; charset=utf-8", "ok\n");
  if (path == "/readyz") {
    const auto trouble = cluster_ ? cluster_->trouble() : std::nullopt;
    auto response = content("text/plain; charset=utf-8", stopping_ ? "stopping\n"
                                                         : trouble ? *trouble + "\n"
                                                                   : "ready\n");
    response.status = stopping_ || trouble ? 503 : 200;
    return response;
  }
  return std::nullopt;
}

std::optional<net::HttpResponse> SignallingServer::api(const std::string& path, const Authorization& caller) {
  if (path == "/api/ice-servers") {
    const auto owner = caller.relay_owner();
    const auto at = unix_now();
    auto response = content(kJson, ice_servers_json(relays_->servers(at, owner), relays_->life(at, owner)));
    response.headers = {{"Cache-Control", "no-store"}};
    return response;
  }
  if (path == "/api/robots") {
    auto robots = robots_online();
    std::erase_if(robots, [&](const broker::RobotInfo& robot) { return !caller.shows(robot.name); });
    return content(kJson, robots_json(robots, runtime::unix_time_ms()));
  }
  if (path == "/metrics") return metrics();
  return std::nullopt;
}

net::HttpResponse SignallingServer::metrics() {
  const Duration uptime = now() - started_at_;
  ServerFigures figures{
      .broker = broker_.stats(),
      .http = http_->stats(),
      .refused_before_broker = refused_here_,
      .robots_online = broker_.robots(now()).size(),
      .requests_waiting = broker_.waiting(),
      .uptime = uptime,
      .answer_times = offers_.answer_times(),
      .process = read_process_figures(),
      .started_at_unix_seconds =
          static_cast<double>(runtime::unix_time_ms()) / 1e3 - std::chrono::duration<double>(uptime).count(),
      .pages = pages_.figures(),
      .log_lines_suppressed = offers_.suppressed() + refused_log_.suppressed() + broker_.stats().log_lines_suppressed};
  for (std::size_t i = 0; cluster_ && i < signal::kRefusalCount; ++i) {
    figures.refused_before_broker.at(i) += cluster_->refusals().at(i);
  }
  return content("text/plain; version=0.0.4; charset=utf-8",
                 metrics_text(figures) + (cluster_ ? cluster_->metrics_text() : std::string()));
}

net::HttpResponse SignallingServer::page(const std::string& path, const Authorization& caller) {
  if (path == "/" && pages_.lists_at_root(!options_.page_file.empty())) {
    return content(list_page_.at({.sign_out = caller.may_sign_out}));
  }
  const auto robot = path == "/?watch" ? signal::RobotName() : robot_of(path);
  if (path == "/" || (robot && path != "/connect" && path != "/ws")) {
    return content(
        robot_page_.at({.sign_out = caller.may_sign_out,
                        .list = path != "/" && pages_.lists_at_root(false),
                        .watch_only = caller.permissions_for(robot.value_or(signal::RobotName())).watch_only}));
  }
  if (path == "/ws") return wrong_method(path, "This address is only for websockets of robots.");
  if (path == "/connect") return wrong_method(path, "This address accepts offers of pages, by POST.");
  return refusal(Refusal::not_found, "There is nothing here. " + std::string(robot.error().what()));
}

net::HttpResponse SignallingServer::wrong_method(const std::string& path, const std::string& message) {
  auto response = refusal(Refusal::method_not_allowed, message);
  response.headers.emplace_back("Allow", methods_of(path));
  return response;
}

}  // namespace rtcbot::server
