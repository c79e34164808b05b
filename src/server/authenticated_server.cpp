// Carries out the authenticator's verdicts.
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "request_parts.hpp"
#include "rtcbot/net/client_address.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "signalling_server.hpp"

namespace rtcbot::server {

using signal::Refusal;

namespace {

constexpr std::chrono::seconds kLookAtFiles{1};
constexpr std::size_t kMaxCloseReason = 123;  // RFC 6455 section 5.5

/// For a person. Somebody who is signed in without the permission does not need to sign in with the same credential
/// again.
net::HttpResponse page_of_refusal(const Authorization& authorization, const net::HttpRequest& request) {
  const LoginForm form{
      .path = request.path,
      .to = request.path == "/" ? std::string(request.query == "watch" ? "?watch" : "") : request.path.substr(1)};
  const int status = signal::http_status(*authorization.refusal);
  if (*authorization.refusal != Refusal::forbidden || !authorization.grant)
    return login_page(status, "Not signed in", authorization.message, form);
  const auto& owner = authorization.grant->owner;
  return login_page(status, "Not allowed",
                    std::string("You are signed in") +
                        (owner.empty() ? std::string() : std::string(" as ").append(owner)) +
                        ", but your credential does not allow that. Ask the operator of this server for a link that "
                        "does, and open it.",
                    form);
}

}  // namespace

net::HttpResponse SignallingServer::refusal_of(const net::HttpRequest& request, const Authorization& authorization) {
  const auto reason = *authorization.refusal;
  auto response = refusal(reason, authorization.message);
  if (wants_page(request)) response = page_of_refusal(authorization, request);
  // RFC 6750 section 3: how to present a credential.
  if (reason == Refusal::unauthorized) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

net::HttpResponse SignallingServer::login_form(const net::HttpRequest& request) const {
  const bool is_out = request.query == "out";
  return login_page(200, is_out ? "You signed out" : "Sign in",
                    authenticator_.is_open() ? "This server does not require you to sign in."
                    : is_out ? "To sign in again, open the link that the operator of this server gave you."
                             : "Open the link that the operator of this server gave you.",
                    {.path = request.path, .to = access::form_value_in(request.query, "to").value_or("")});
}

std::optional<net::HttpResponse> SignallingServer::sign_in(const net::HttpRequest& request) {
  if (request.path != "/login" && request.path != "/logout") return std::nullopt;
  if (request.method == "GET" && request.path == "/login") return login_form(request);
  if (request.method != "POST") return wrong_method(request.path);
  if (request.path == "/login") return authenticator_.login(request, log_);
  return sign_out(request);
}

net::HttpResponse SignallingServer::sign_out(const net::HttpRequest& request) {
  if (!is_of_own_page(request, {})) return refuse_foreign_page(request);
  if (auto session = authenticator_.sign_out(request)) {
    on_session_ended();
    if (cluster_) cluster_->signed_out({std::move(session->id), session->until.time_since_epoch().count()});
  }
  net::HttpResponse response;
  response.status = 303;
  response.headers = {{"Location", "login?out"}, {"Cache-Control", "no-store"}};
  for (const auto cookie : {access::Cookie::token, access::Cookie::session}) {
    for (const bool is_secure : {true, false})
      response.headers.emplace_back("Set-Cookie", access::clear_cookie(cookie, is_secure));
  }
  return response;
}

void SignallingServer::on_session_ended() {
  broker_.check_grants();
  pages_.close_ended();
  pump();
}

broker::RobotCredential SignallingServer::credential_of(const net::HttpRequest& request, broker::SocketId id) {
  const auto caller = authenticator_.judge_robot(request);
  // The bearer of the shared token counts as known, too.
  if (!caller.grant)
    return {.address = authenticator_.robots_are_known() ? "" : net::limit_key(request.remote_address)};
  robot_grants_[id] = caller.grant;
  return {.owner = access::owner_key(*caller.grant), .allows = [grant = caller.grant](const signal::RobotName& name) {
            return access::may(*grant, access::Action::serve, name);
          }};
}

bool SignallingServer::is_taken(const signal::RobotName& name, const std::string& owner) const {
  return broker_.is_taken(name, owner) || (cluster_ && cluster_->is_taken(name, owner));
}

void SignallingServer::reload_credentials() {
  io_->post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->refresh_credentials();
  });
}

void SignallingServer::close_ended_robots() {
  std::vector<std::pair<broker::SocketId, std::string>> ended;
  for (const auto& [id, grant] : robot_grants_) {
    if (auto why = authenticator_.why_ended(*grant)) ended.emplace_back(id, std::move(*why));
  }
  for (const auto& [id, reason] : ended) {
    const auto found = sockets_.find(id);
    if (found != sockets_.end()) found->second->close(signal::kCloseForbidden, reason.substr(0, kMaxCloseReason));
  }
}

void SignallingServer::log_counts() {
  while (const auto record = offers_.poll_count(runtime::now())) {
    if (log_) log_(*record);
  }
  refused_log_.flush(runtime::now());
}

void SignallingServer::refresh_credentials() {
  if (authenticator_.refresh(log_)) {
    broker_.check_grants();
    pump();  // Robots are notified of their viewers before their own credential may close them.
  }
  close_ended_robots();
  pages_.close_ended();
  pump();
  log_counts();
  credentials_timer_ = io_->after(kLookAtFiles, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->refresh_credentials();
  });
}

}  // namespace rtcbot::server
