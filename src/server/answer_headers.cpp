// The headers of answers for browsers, and the requests that are always refused.
#include <utility>

#include "request_parts.hpp"
#include "signalling_server.hpp"

namespace rtcbot::server {

using signal::Refusal;

namespace {

constexpr std::string_view kPreflightTime = "7200";  // Seconds; the longest time that Chromium keeps.

bool is_probe(std::string_view path) { return path == "/healthz" || path == "/readyz"; }

/// True for paths that pages of another origin may request: all except those for signing in and out and /metrics.
bool is_shared(std::string_view path) { return path != "/login" && path != "/logout" && path != "/metrics"; }

constexpr const char* kNotSecure =
    "This server answers only requests over TLS. Use https:// (robots: wss://) and the proxy's address; the proxy must "
    "send X-Forwarded-Proto: https, from an address that --proxy names.";

std::string foreign_host(const std::string& host) {
  return "This server is not known as '" + host.substr(0, 120) +
         "'. It requires no credential, so it answers only at addresses that nobody else can own: an IP address, "
         "localhost, a name that ends in .local, this machine's name, and those given with --host NAME.";
}

}  // namespace

SignallingServer::HeaderFields SignallingServer::origin_fields(const net::HttpRequest& request) const {
  const auto& allowed = options_.allowed_origins;
  if (allowed.is_empty() || !is_shared(request.path)) return {};
  HeaderFields fields{{"Vary", "Origin"}, {"Cross-Origin-Resource-Policy", "cross-origin"}};
  const auto origin = header(request, "origin");
  const bool is_named = allowed.names(origin);
  if (!is_named && !allowed.is_any()) return fields;
  fields.emplace_back("Access-Control-Allow-Origin", is_named ? origin : "*");
  fields.emplace_back("Access-Control-Expose-Headers", "Retry-After, X-Request-Id");
  // Cookies count only for named origins (`Authenticator`), and browsers do not accept "*" with this.
  if (is_named) fields.emplace_back("Access-Control-Allow-Credentials", "true");
  return fields;
}

net::HttpResponse SignallingServer::finished(const net::HttpRequest& request, net::HttpResponse response) const {
  for (auto& field : origin_fields(request)) response.headers.push_back(std::move(field));
  add_page_headers(response, options_.frame_ancestors);
  // Half a year (RFC 6797), so that a browser that signs in over TLS is not led to a page without it.
  if (request.is_secure && !authenticator_.is_open()) {
    response.headers.emplace_back("Strict-Transport-Security", "max-age=15552000");
  }
  return response;
}

std::optional<net::HttpResponse> SignallingServer::preflight(const net::HttpRequest& request) const {
  if (request.method != "OPTIONS" || options_.allowed_origins.is_empty() || !is_shared(request.path)) return {};
  net::HttpResponse response;
  response.status = 204;
  response.headers = {{"Access-Control-Allow-Methods", "GET, HEAD, POST"},
                      {"Access-Control-Allow-Headers", "Authorization, Content-Type"},
                      {"Access-Control-Max-Age", std::string(kPreflightTime)}};
  // Public pages ask this before they use servers in private networks. The operator has permitted that origin.
  if (!header_view(request, "access-control-request-private-network").empty()) {
    response.headers.emplace_back("Access-Control-Allow-Private-Network", "true");
  }
  return response;
}

std::optional<net::HttpResponse> SignallingServer::refuse_way(const net::HttpRequest& request, bool is_upgrade) {
  if (is_probe(request.path)) return std::nullopt;
  std::string why;
  if (options_.only_secure && !request.is_secure) {
    why = kNotSecure;
  } else if (const auto host = header(request, "host");
             authenticator_.is_open() && !is_own_host(host, options_.hosts)) {
    // Only browsers can be misled, and they send Origin with each WebSocket.
    const bool is_robot = is_upgrade && header_view(request, "origin").empty();
    if (!is_robot) why = foreign_host(host);
  }
  if (why.empty()) return std::nullopt;
  auto response = refusal(Refusal::forbidden, why);
  if (wants_page(request)) response = notice_page(response.status, "Not at this address", why);
  return response;
}

net::HttpResponse SignallingServer::refuse_foreign_page(const net::HttpRequest& request) {
  const auto why = foreign_page_sentence(page_source(request));
  if (const auto note = pages_refused_.next(); note && log_) {
    log_({LogLevel::warning, "access", "a page was refused at " + request.path + ": " + why + *note});
  }
  return refusal(Refusal::forbidden, why);
}

}  // namespace rtcbot::server
