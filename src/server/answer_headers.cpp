#include "answer_headers.hpp"

#include <string_view>

#include "request_parts.hpp"

namespace rtcbot::server {
namespace {

constexpr std::string_view kPreflightTime = "7200";  // Seconds; the longest time that Chromium keeps.

/// True for paths that pages of another origin may request: all except those for signing in and out and /metrics.
bool is_shared(std::string_view path) { return path != "/login" && path != "/logout" && path != "/metrics"; }

}  // namespace

AnswerHeaders::Fields AnswerHeaders::origin_fields(const net::HttpRequest& request) const {
  const auto& allowed = options_.allowed_origins;
  if (allowed.is_empty() || !is_shared(request.path)) return {};
  Fields fields{{"Vary", "Origin"}, {"Cross-Origin-Resource-Policy", "cross-origin"}};
  const auto origin = header(request, "origin");
  const bool is_named = allowed.names(origin);
  if (!is_named && !allowed.is_any()) return fields;
  fields.emplace_back("Access-Control-Allow-Origin", is_named ? origin : "*");
  fields.emplace_back("Access-Control-Expose-Headers", "Retry-After, X-Request-Id");
  // Cookies count only for named origins (`Authenticator`), and browsers do not accept "*" with this.
  if (is_named) fields.emplace_back("Access-Control-Allow-Credentials", "true");
  return fields;
}

net::HttpResponse AnswerHeaders::finished(const net::HttpRequest& request, net::HttpResponse response) const {
  for (auto& field : origin_fields(request)) response.headers.push_back(std::move(field));
  add_page_headers(response, options_.frame_ancestors);
  // Half a year (RFC 6797), so that a browser that signs in over TLS is not led to a page without it.
  if (request.is_secure && options_.asks_for_tls) {
    response.headers.emplace_back("Strict-Transport-Security", "max-age=15552000");
  }
  return response;
}

std::optional<net::HttpResponse> AnswerHeaders::preflight(const net::HttpRequest& request) const {
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

}  // namespace rtcbot::server
