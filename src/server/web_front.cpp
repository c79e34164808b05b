#include "web_front.hpp"

#include <utility>

#include "login_page.hpp"
#include "request_parts.hpp"
#include "rtcbot/net/client_address.hpp"

namespace rtcbot::server {

using signal::Refusal;

namespace {

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

WebFront::WebFront(Parts parts, PageAssets assets) : parts_(std::move(parts)), assets_(std::move(assets)) {
  add_routes();
}

Result<void> WebFront::add(const std::string& method, const std::string& pattern, Route route) {
  return router_.add(method, pattern, std::move(route));
}

void WebFront::on_request(net::HttpRequest request, std::shared_ptr<net::HttpResponder> responder) {
  const auto respond = [&](net::HttpResponse response) {
    responder->respond(parts_.headers->finished(request, std::move(response)));
  };
  if (auto refused = refuse_before(request)) return respond(std::move(*refused));
  auto found = find(request);
  auto caller = parts_.authenticator.judge(request, found.need, parts_.filter.allowed_origins());
  if (caller.refusal) return respond(refusal_of(request, caller));
  if (!found.route) return respond(found.otherwise());
  found.route->answer({.request = std::move(request),
                       .parameters = std::move(found.parameters),
                       .caller = std::move(caller),
                       .responder = std::move(responder),
                       .headers = parts_.headers});
}

std::optional<net::HttpResponse> WebFront::refuse_before(const net::HttpRequest& request) {
  if (auto refused = parts_.filter.refuse_way(request, false)) return refused;
  return parts_.headers->preflight(request);
}

std::optional<WebFront::Found> WebFront::find_file(const net::HttpRequest& request) const {
  auto file = assets_.file(request);
  if (!file) return std::nullopt;
  return Found{.need = Need::person(), .otherwise = [file = std::move(*file)] { return file; }};
}

WebFront::Found WebFront::find(net::HttpRequest& request) {
  auto at = router_.find(request.method, request.path);
  if (at.any_route == nullptr || at.any_route->yields_to_files) {
    if (auto file = find_file(request)) return std::move(*file);
  }
  const auto path = without_slash(request.path);
  if (at.any_route == nullptr && path.size() < request.path.size() && !path.ends_with('/') && robot_of(path)) {
    if (request.method == "GET") {
      return {.need = Need::of(access::Action::look, *robot_of(path)),
              .otherwise = [&request] { return without_final_slash(request); }};
    }
    request.path = std::string(path);
    at = router_.find(request.method, request.path);
  }
  if (at.any_route == nullptr) return {.otherwise = [this, &request] { return nothing_here(request.path); }};
  auto need = at.any_route->need(at.parameters);
  if (at.route == nullptr) {
    return {.need = std::move(need),
            .otherwise = [this, &request, allow = at.allow] { return wrong_method(request.path, allow); }};
  }
  need = at.route->need(at.parameters);
  return {.route = at.route, .parameters = std::move(at.parameters), .need = std::move(need)};
}

net::HttpResponse WebFront::without_final_slash(const net::HttpRequest& request) {
  // A page's own addresses are relative to its directory, so each page has one address. Relative itself: the server may
  // stand below a path that a proxy takes away.
  net::HttpResponse response;
  response.status = 308;
  auto where = std::string("..").append(net::escaped_path(without_slash(request.path)));
  if (!request.query.empty()) where.append("?").append(request.query);
  response.headers = {{"Location", std::move(where)}, {"Cache-Control", "no-cache"}};
  return response;
}

net::HttpResponse WebFront::nothing_here(const std::string& path) const {
  std::string message = "There is nothing here.";
  if (const auto robot = robot_of(path); !robot) message.append(" ").append(robot.error().what());
  return parts_.refusals.make(Refusal::not_found, message);
}

net::HttpResponse WebFront::wrong_method(const std::string& path, const std::string& allow) const {
  const char* message = path == "/connect" ? "This address accepts offers of pages, by POST." : "";
  auto response = parts_.refusals.make(Refusal::method_not_allowed, message);
  response.headers.emplace_back("Allow", allow);
  return response;
}

net::HttpResponse WebFront::refusal_of(const net::HttpRequest& request, const Authorization& authorization) const {
  const auto reason = *authorization.refusal;
  auto response = parts_.refusals.make(reason, authorization.message);
  if (wants_page(request)) response = page_of_refusal(authorization, request);
  // RFC 6750 section 3: how to present a credential.
  if (reason == Refusal::unauthorized) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace rtcbot::server
