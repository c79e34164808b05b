// Which path is what: the table "Paths" of docs/programs.md in code.
#include <utility>

#include <nlohmann/json.hpp>

#include "clock.hpp"
#include "login_page.hpp"
#include "reports.hpp"
#include "request_parts.hpp"
#include "rtcbot/web/assets.hpp"
#include "web_front.hpp"

namespace rtcbot::server {
namespace {

using access::Action;
using signal::Refusal;

constexpr std::string_view kJson = "application/json; charset=utf-8";
constexpr std::string_view kText = "text/plain; charset=utf-8";
/// Stands for the default robot where a path needs a name; no robot's name begins so.
constexpr std::string_view kDefault = "_";

/// What a path of a robot requires: permission for that robot, or any person's credential where no robot can be.
std::function<Need(const http::Parameters&)> for_robot(Action action) {
  return [action](const http::Parameters& parameters) {
    const auto robot = signal::RobotName::parse(parameters.at("robot"));
    return robot ? Need::of(action, *robot) : Need::person();
  };
}

}  // namespace

void WebFront::add_routes() {
  add_files();
  add_probes();
  add_api();
  add_sign_in();
  add_robots();
}

void WebFront::add_now(const char* method, const char* pattern, Need need, Answer answer) {
  Route route{.need = [need = std::move(need)](const http::Parameters&) { return need; },
              .answer = [answer = std::move(answer)](const Call& call) { call.respond(answer(call)); }};
  value_or_throw(router_.add(method, pattern, std::move(route)));
}

void WebFront::add_files() {
  const auto everybody = Need::nothing();
  add_now("GET", "/rtcbot.js", everybody, [this](const Call&) { return assets_.script(); });
  add_now("GET", "/rtcbot.mjs", everybody, [this](const Call&) { return assets_.module(); });
  add_now("GET", "/rtcbot.d.ts", everybody,
          [](const Call&) { return content(kText, std::string(web::rtcbot_d_ts())); });
  add_now("GET", "/robots.txt", everybody, [](const Call&) { return content(kText, "User-agent: *\nDisallow: /\n"); });
  // A phone fetches these for its home screen, partly without cookies. They contain nothing about robots.
  add_now("GET", "/apple-touch-icon.png", everybody,
          [](const Call&) { return content("image/png", std::string(web::icon_png())); });
  add_now("GET", "/manifest.webmanifest", everybody,
          [](const Call& call) { return content("application/manifest+json", manifest_for(call.request.query)); });
  // Every browser asks for it, before anybody has signed in.
  add_now("GET", "/favicon.ico", everybody, [this](const Call& call) {
    auto file = assets_.file(call.request);
    return file ? std::move(*file) : nothing_here(call.request.path);
  });
}

void WebFront::add_probes() {
  add_now("GET", "/healthz", Need::nothing(), [](const Call&) { return content(kText, "ok\n"); });
  add_now("GET", "/readyz", Need::nothing(), [this](const Call&) { return ready(); });
  const auto need = parts_.authenticator.has_open_metrics() ? Need::nothing() : Need::of(Action::operate);
  add_now("GET", "/metrics", need, [this](const Call&) {
    return content("text/plain; version=0.0.4; charset=utf-8", parts_.signalling.metrics(parts_.http_stats()));
  });
}

net::HttpResponse WebFront::ready() const {
  const bool is_stopping = parts_.signalling.is_stopping();
  const auto trouble = parts_.signalling.trouble();
  auto response = content(kText, is_stopping ? "stopping\n" : trouble ? *trouble + "\n" : "ready\n");
  response.status = is_stopping || trouble ? 503 : 200;
  return response;
}

void WebFront::add_api() {
  add_now("GET", "/api/ice-servers", Need::of(Action::relay), [this](const Call& call) { return ice_servers(call); });
  add_now("GET", "/api/robots", Need::person(), [this](const Call& call) { return robots(call); });
  add_now("GET", "/api/robots/{robot}/snapshot.jpg", Need::person(),
          [this](const Call& call) { return snapshot(call); });
}

net::HttpResponse WebFront::ice_servers(const Call& call) const {
  const auto owner = call.caller.relay_owner();
  const auto at = unix_now();
  auto response = content(kJson, ice_servers_json(parts_.relays.servers(at, owner), parts_.relays.life(at, owner)));
  response.headers = {{"Cache-Control", "no-store"}};
  return response;
}

net::HttpResponse WebFront::robots(const Call& call) const {
  auto robots = parts_.signalling.robots_online();
  std::erase_if(robots, [&](const broker::RobotInfo& robot) { return !call.caller.shows(robot.name); });
  return content(kJson, robots_json(robots, runtime::unix_time_ms()));
}

net::HttpResponse WebFront::snapshot(const Call& call) const {
  const auto& name = call.parameters.at("robot");
  const auto robot = signal::RobotName::parse(name == kDefault ? "" : name);
  const bool is_shown = robot && call.caller.shows(*robot);
  const std::string* jpeg = is_shown ? parts_.signalling.pages().directory().snapshot(*robot) : nullptr;
  net::HttpResponse response;
  response.headers = {{"Cache-Control", "no-store"}};
  if (jpeg == nullptr) {
    response.status = signal::http_status(Refusal::not_found);
    response.content_type = kJson;
    response.body = refusal_json(Refusal::not_found,
                                 "There is no picture of that robot. rtcbot-robot --snapshots SECONDS sends pictures.");
    return response;
  }
  response.content_type = "image/jpeg";
  response.body = *jpeg;
  return response;
}

void WebFront::add_sign_in() {
  const auto everybody = Need::nothing();
  add_now("GET", "/login", everybody, [this](const Call& call) { return login_form(call); });
  add_now("POST", "/login", everybody,
          [this](const Call& call) { return parts_.authenticator.login(call.request, parts_.log); });
  add_now("POST", "/logout", everybody, [this](const Call& call) { return sign_out(call); });
}

net::HttpResponse WebFront::login_form(const Call& call) const {
  const auto& query = call.request.query;
  const bool is_out = query == "out";
  return login_page(200, is_out ? "You signed out" : "Sign in",
                    parts_.authenticator.is_open() ? "This server does not require you to sign in."
                    : is_out ? "To sign in again, open the link that the operator of this server gave you."
                             : "Open the link that the operator of this server gave you.",
                    {.path = call.request.path, .to = access::form_value_in(query, "to").value_or("")});
}

net::HttpResponse WebFront::sign_out(const Call& call) const {
  if (!is_of_own_page(call.request, {})) return parts_.filter.foreign_page(call.request);
  if (auto session = parts_.authenticator.sign_out(call.request)) parts_.signalling.signed_out(std::move(*session));
  net::HttpResponse response;
  response.status = 303;
  response.headers = {{"Location", "login?out"}, {"Cache-Control", "no-store"}};
  for (const auto cookie : {access::Cookie::token, access::Cookie::session}) {
    for (const bool is_secure : {true, false})
      response.headers.emplace_back("Set-Cookie", access::clear_cookie(cookie, is_secure));
  }
  return response;
}

void WebFront::add_robots() {
  add_now("GET", "/", Need::person(), [this](const Call& call) { return first_page(call); });
  const auto see_default = Need::of(Action::look, signal::RobotName());
  add_now("GET", "/ws", see_default, [this](const Call&) {
    auto response = parts_.refusals.make(Refusal::method_not_allowed, "This address is only for websockets of robots.");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  });
  const auto connect_default = [](const http::Parameters&) { return Need::of(Action::connect, signal::RobotName()); };
  const auto offer_to = [this](const Call& call) { offer(call); };
  value_or_throw(router_.add("POST", "/connect", {.need = connect_default, .answer = offer_to}));
  value_or_throw(router_.add("POST", "/{robot}",
                             {.need = for_robot(Action::connect), .answer = offer_to, .yields_to_files = true}));
  const auto show = [this](const Call& call) {
    const auto robot = robot_of(call.request.path);
    auto response =
        robot ? page_of(call, *robot, parts_.signalling.pages().lists_at_root(false)) : nothing_here(call.request.path);
    call.respond(std::move(response));
  };
  value_or_throw(
      router_.add("GET", "/{robot}", {.need = for_robot(Action::look), .answer = show, .yields_to_files = true}));
}

net::HttpResponse WebFront::first_page(const Call& call) {
  const bool shows_default = call.request.query == "watch";
  if (!shows_default && parts_.signalling.pages().lists_at_root(assets_.is_own())) {
    return with_session(call, assets_.list_page({.sign_out = call.caller.may_sign_out}));
  }
  const bool has_list = shows_default && parts_.signalling.pages().lists_at_root(false);
  return page_of(call, signal::RobotName(), has_list);
}

net::HttpResponse WebFront::page_of(const Call& call, const signal::RobotName& robot, bool has_list) {
  const Doors doors{.sign_out = call.caller.may_sign_out,
                    .list = has_list,
                    .watch_only = call.caller.permissions_for(robot).watch_only};
  return with_session(call, assets_.robot_page(call.request, doors));
}

net::HttpResponse WebFront::with_session(const Call& call, net::HttpResponse page) const {
  if (auto session = parts_.authenticator.missing_session(call.request, call.caller)) {
    page.headers.emplace_back("Set-Cookie", std::move(*session));
  }
  return page;
}

void WebFront::offer(const Call& call) {
  const auto robot = robot_of(call.request.path);
  if (!robot) return call.respond(nothing_here(call.request.path));
  if (auto refused = parts_.filter.refuse_offer(runtime::now(), call.request, *robot)) {
    return call.respond(std::move(*refused));
  }
  parts_.signalling.offer(call.request, *robot, call.caller.permissions_for(*robot), call.responder,
                          call.headers->finished(call.request, {}).headers);
}

}  // namespace rtcbot::server
