#include "authenticator.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "request_parts.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::server {
namespace {

using access::Action;
using signal::Refusal;

/// Files that a phone fetches for its home screen, partly without cookies. They contain nothing about robots either.
bool is_for_home_screen(std::string_view path) {
  return path == "/manifest.webmanifest" || path == "/apple-touch-icon.png";
}

/// Paths that reveal nothing about robots: operators' probes, the library, and signing in.
bool is_for_everybody(std::string_view path) {
  constexpr std::array<std::string_view, 10> kOpen{
      "/rtcbot.js", "/rtcbot.mjs", "/rtcbot-receiver.js", "/rtcbot.d.ts", "/healthz",
      "/readyz",    "/login",      "/favicon.ico",        "/logout",      "/robots.txt"};
  return std::find(kOpen.begin(), kOpen.end(), path) != kOpen.end();
}

/// 96 random bits.
constexpr std::size_t kSessionBytes = 12;

bool is_person(const access::Credential& grant) { return grant.role != access::Role::robot; }

bool is_allowed(const net::HttpRequest& request, const access::Credential& grant) {
  if (request.path == "/metrics") return access::may(grant, Action::operate);
  if (request.path == "/api/ice-servers") return access::may(grant, Action::relay);
  if (request.path == "/") return is_person(grant);
  if (const auto robot = robot_of(request.path)) {
    return access::may(grant, request.method == "GET" ? Action::look : Action::connect, *robot);
  }
  return is_person(grant);  // the API, which checks each robot itself
}

/// A robot at "/ws" may still choose its name, so any robot's token is enough.
bool may_come(const access::Credential& grant, const std::string& path) {
  if (path == "/ws") return grant.role == access::Role::robot;
  const auto robot = robot_of(path);
  return robot && access::may(grant, Action::serve, *robot);
}

constexpr const char* kNoCredential =
    "You are not signed in here. Open the link that the operator of this server gave you.";
constexpr const char* kSignedOut = "You signed out in another tab or window of this browser.";

/// The session's cookie in a Cookie field; empty if there is none.
std::string session_in(std::string_view cookies, bool is_secure) {
  const auto session = access::cookie_in(cookies, access::cookie_name(access::Cookie::session, is_secure));
  return session && access::is_session(*session) ? std::string(*session) : std::string();
}

}  // namespace

Result<Authenticator> Authenticator::make(const AuthOptions& options) {
  Authenticator authenticator(options);
  if (authenticator.is_open()) return authenticator;
  auto keyring = options.secret_text.empty() ? access::Keyring::open(options.secret_file, options.revocations())
                                             : access::Keyring::of_text(options.secret_text);
  if (!keyring) return fail(keyring.error());
  authenticator.keyring_ = std::move(*keyring);
  return authenticator;
}

Authenticator::Caller Authenticator::caller_with(std::string_view token) const {
  const auto grant = access::verify(token, keyring_->secrets(), keyring_->revocations(), unix_now());
  if (!grant) return {.fault = access::sentence_of(grant.error())};
  return {.grant = std::make_shared<const access::Credential>(*grant)};
}

std::optional<Authenticator::Caller> Authenticator::caller_of_proxy(const net::HttpRequest& request) const {
  if (options_.user_header.empty() || !request.came_by_proxy) return std::nullopt;
  const auto user = header(request, options_.user_header);
  if (user.empty()) return std::nullopt;
  if (!access::is_label(user)) {
    return Caller{.fault =
                      "This server does not accept the name with which the login proxy signed you in. Ask the operator "
                      "of this server."};
  }
  access::Credential grant;
  grant.role = options_.user_role;
  grant.robots = options_.user_robots;
  grant.owner = user;
  grant.expires = access::UnixTime::max();  // the proxy decides at each request how long it is valid
  return Caller{.grant = std::make_shared<const access::Credential>(std::move(grant)), .by_cookie = true};
}

Authenticator::Caller Authenticator::caller_of(const net::HttpRequest& request) const {
  if (const auto shown = header(request, "authorization"); !shown.empty()) {
    const auto bearer = access::bearer_in(shown);
    if (bearer) return caller_with(*bearer);
  }
  // A page of another origin cannot set an Authorization field for a WebSocket, but can choose the subprotocols.
  const auto protocols = header(request, "sec-websocket-protocol");
  if (const auto token = subprotocol_after(protocols, kTokenSubprotocol)) return caller_with(*token);
  if (auto signed_in = caller_of_proxy(request)) return *std::move(signed_in);
  const auto cookies = header(request, "cookie");
  for (const bool is_secure : {true, false}) {
    // Somebody on the path, or a page of this host without TLS, can set a cookie with the plain name, but not one that
    // begins with "__Host-".
    if (request.is_secure && !is_secure) continue;
    const auto token = access::cookie_in(cookies, access::cookie_name(access::Cookie::token, is_secure));
    if (token && !token->empty()) return caller_by_cookie(*token, cookies, is_secure);
  }
  return {.fault = kNoCredential};
}

Authenticator::Caller Authenticator::caller_by_cookie(std::string_view token, std::string_view cookies,
                                                      bool is_secure) const {
  auto caller = caller_with(token);
  caller.by_cookie = caller.is_own_cookie = true;
  if (const auto session = session_in(cookies, is_secure); !session.empty()) {
    caller.session = access::session_id(session);
  }
  // A request that was sent before the browser removed its cookies, or a copy of them.
  if (caller.grant && ended_sessions_.contains(caller.session)) {
    caller.grant = nullptr;
    caller.fault = kSignedOut;
  }
  return caller;
}

Authorization Authenticator::authorization_for(const net::HttpRequest&, const Caller& caller, bool is_allowed) const {
  if (!caller.grant) return {.refusal = Refusal::unauthorized, .message = caller.fault};
  if (!is_allowed) {
    return {.refusal = Refusal::forbidden,
            .message = "Your credential does not allow that. Ask the operator of this server for one that does.",
            .grant = caller.grant,
            .may_sign_out = caller.is_own_cookie,
            .session = caller.session};
  }
  return {.grant = caller.grant, .may_sign_out = caller.is_own_cookie, .session = caller.session};
}

Authorization Authenticator::for_person(const net::HttpRequest& request, const AllowedOrigins& allowed) const {
  const auto caller = caller_of(request);
  // Credentials that a browser sends automatically must come from a permitted page; even "--allow-origin '*'" does not
  // change that.
  if (caller.by_cookie && !is_of_own_page(request, allowed.trusted())) {
    return {.refusal = Refusal::forbidden,
            .message =
                "Pages of another site may not use your sign-in here. " + foreign_page_sentence(page_source(request))};
  }
  return authorization_for(request, caller, caller.grant && is_allowed(request, *caller.grant));
}

Authorization Authenticator::judge(const net::HttpRequest& request, const AllowedOrigins& allowed) const {
  if (is_for_home_screen(request.path)) return {};
  const bool is_preflight = request.method == "OPTIONS";
  const bool is_open_figure = request.path == "/metrics" && options_.metrics_open;
  if (is_open() || is_preflight || is_for_everybody(request.path) || is_open_figure) return {};
  return for_person(request, allowed);
}

Authorization Authenticator::judge_page_socket(const net::HttpRequest& request, const AllowedOrigins& allowed) const {
  return is_open() ? Authorization{} : for_person(request, allowed);
}

Authorization Authenticator::judge_robot(const net::HttpRequest& request) const {
  const auto shown = header(request, "authorization");
  const auto bearer = access::bearer_in(shown);
  if (!options_.robot_token.empty() && bearer && access::equal_in_constant_time(*bearer, options_.robot_token)) {
    return {};
  }
  if (is_open() && options_.robot_token.empty()) return {};
  if (!bearer) {
    return {.refusal = Refusal::unauthorized,
            .message = "This server requires the robot's token. Give it to rtcbot-robot as RTCBOT_TOKEN."};
  }
  if (is_open()) {
    return {.refusal = Refusal::unauthorized, .message = "The robot's token is not the one that this server requires."};
  }
  const auto caller = caller_with(*bearer);
  auto authorization = authorization_for(request, caller, caller.grant && may_come(*caller.grant, request.path));
  if (authorization.refusal == Refusal::forbidden) {
    authorization.message =
        "The robot's token is not for a robot of this name. Give it a token with the role robot for this name.";
  }
  return authorization;
}

Authenticator::SignIn Authenticator::exchange(const net::HttpRequest& request, const access::LinkCode& code,
                                              const LogSink& log) {
  const auto taken = links_.take(code, unix_now());
  if (!taken) {
    if (const auto note = link_troubles_.next(); note && log) {
      log({LogLevel::error, "access",
           std::string(taken.error().what()).append("; a sign-in link was not accepted").append(*note)});
    }
    return {.caller = {.fault = "The server could not record that this link was used. Try again in a moment. If that "
                                "fails too, ask the operator of this server to look at its log."}};
  }
  if (!*taken) {
    // A person who opens the same link again is already signed in.
    auto before = caller_of(request);
    if (before.grant && before.grant->id == code.grant.id)
      return {.caller = std::move(before), .is_kept_already = true};
    return {.caller = {.fault = "This link has been used already. Ask the operator of this server for a new one."}};
  }
  auto token = access::sign(code.grant, keyring_->secrets().signing());
  if (!token) return {.caller = {.fault = token.error().what()}};
  return {.caller = caller_with(*token), .token = std::move(*token)};
}

Authenticator::SignIn Authenticator::sign_in_by(const net::HttpRequest& request, const std::string& text,
                                                const LogSink& log) {
  if (!access::is_link_code(text)) return {.caller = caller_with(text), .token = text};
  const auto code = access::verify_link(text, keyring_->secrets(), keyring_->revocations(), unix_now());
  if (code) return exchange(request, *code, log);
  if (code.error() != access::Fault::expired) return {.caller = {.fault = access::sentence_of(code.error())}};
  return {.caller = {.fault = "This link has expired. Ask the operator of this server for a new one."}};
}

std::string Authenticator::address_after(const access::Credential& grant, std::string_view to) {
  // Relative to /login, because the server may be below a path that a proxy removes.
  if (to == "?watch" && access::may(grant, Action::look, signal::RobotName())) return "./?watch";
  const auto wanted = signal::RobotName::parse(to);
  if (wanted && !wanted->is_default() && access::may(grant, Action::look, *wanted)) return wanted->text();
  const auto only = grant.robots.size() == 1 ? grant.robots.front().only() : std::nullopt;
  return only && !only->is_default() ? only->text() : "./";
}

net::HttpResponse Authenticator::login(const net::HttpRequest& request, const LogSink& log) {
  if (!is_of_own_page(request, {})) {
    return login_page(403, "Not signed in", foreign_page_sentence(page_source(request)));
  }
  if (is_open()) return login_page(200, "Sign in", "This server does not require you to sign in.");
  const auto text = access::pasted_token(access::form_value_in(request.body, "token").value_or(""));
  const auto to = access::form_value_in(request.body, "to").value_or("");
  const auto refused = [&](int status, const std::string& why) {
    return login_page(status, "Not signed in", why, {.to = to});
  };
  if (!text) return refused(401, text.error().what());
  const auto [caller, token, is_kept] = sign_in_by(request, *text, log);
  if (!caller.grant) return refused(401, caller.fault);
  if (!is_person(*caller.grant))
    return refused(403, "This credential is for a robot. People need one with the role watch or drive.");
  net::HttpResponse response;
  response.status = 303;
  response.headers = {{"Location", address_after(*caller.grant, to)}, {"Cache-Control", "no-store"}};
  const auto set = [&](access::Cookie cookie, const std::string& value) {
    response.headers.emplace_back(
        "Set-Cookie", access::set_cookie(cookie, value, caller.grant->expires, unix_now(), request.is_secure));
  };
  if (is_kept) return response;
  set(access::Cookie::token, token);
  // The browser keeps its session with another credential, because its other tabs still use it.
  const auto session = session_in(header(request, "cookie"), request.is_secure);
  const bool is_kept_session = !session.empty() && !ended_sessions_.contains(access::session_id(session));
  set(access::Cookie::session, is_kept_session ? session : access::random_text(kSessionBytes));
  return response;
}

std::optional<std::string> Authenticator::missing_session(const net::HttpRequest& request,
                                                          const Authorization& caller) const {
  if (!caller.may_sign_out || !caller.grant || !caller.session.empty()) return std::nullopt;
  return access::set_cookie(access::Cookie::session, access::random_text(kSessionBytes), caller.grant->expires,
                            unix_now(), request.is_secure);
}

std::optional<Authenticator::EndedSession> Authenticator::sign_out(const net::HttpRequest& request) {
  if (is_open()) return std::nullopt;
  const auto caller = caller_of(request);
  if (!caller.grant || caller.session.empty()) return std::nullopt;
  EndedSession session{caller.session, caller.grant->expires};
  return end_session(session) ? std::optional(std::move(session)) : std::nullopt;
}

bool Authenticator::end_session(EndedSession session) {
  return access::is_session(session.id) && ended_sessions_.add(std::move(session.id), session.until, unix_now());
}

signal::Permissions Authorization::permissions_for(const signal::RobotName& robot) const {
  if (!grant) return {};
  signal::Permissions permissions{.watch_only = !access::may(*grant, Action::drive, robot)};
  // A user from a proxy has no id: the proxy decides at each request how long the user is valid.
  if (grant->id.empty()) return permissions;
  permissions.grant = grant->secret + "/" + grant->id;
  if (!session.empty()) permissions.grant.append("/").append(session);
  permissions.expires_in =
      std::clamp<std::chrono::seconds>(grant->expires - unix_now(), std::chrono::seconds(0), signal::Permissions::kMax);
  return permissions;
}

RelayOwner Authorization::relay_owner() const {
  if (!grant) return {.label = "page"};
  return {.label = grant->owner.empty() ? grant->id : grant->owner, .ends = grant->expires};
}

std::optional<std::string> Authenticator::why_ended(const access::Credential& grant) const {
  if (unix_now() >= grant.expires) return sentence_of(access::Fault::expired);
  return grant.id.empty() ? std::nullopt : why_ended(grant.secret, grant.id);
}

std::optional<broker::PageEnd> Authenticator::why_ended(const Authorization& caller) const {
  if (!caller.grant) return std::nullopt;
  if (auto why = why_ended(*caller.grant)) {
    return broker::PageEnd{std::string(code_of(Refusal::unauthorized)), std::move(*why)};
  }
  if (!ended_sessions_.contains(caller.session)) return std::nullopt;
  return broker::PageEnd{std::string(signal::kErrorSignedOut), kSignedOut};
}

std::optional<std::string> Authenticator::why_ended(std::string_view grant) const {
  const auto slash = grant.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto rest = grant.substr(slash + 1);
  const auto second = std::min(rest.find('/'), rest.size());
  if (second < rest.size() && ended_sessions_.contains(rest.substr(second + 1))) return kSignedOut;
  return why_ended(grant.substr(0, slash), std::string(rest.substr(0, second)));
}

std::optional<std::string> Authenticator::why_ended(std::string_view secret, const std::string& id) const {
  if (!keyring_) return std::nullopt;
  if (keyring_->secrets().find(secret) == nullptr) return sentence_of(access::Fault::unknown_secret);
  return keyring_->revocations().contains(id) ? std::optional(sentence_of(access::Fault::revoked)) : std::nullopt;
}

access::UnixTime unix_now() { return access::UnixTime(std::chrono::seconds(runtime::unix_time_ms() / 1000)); }

bool wants_page(const net::HttpRequest& request) {
  return request.method == "GET" && header(request, "accept").find("text/html") != std::string::npos;
}

}  // namespace rtcbot::server
