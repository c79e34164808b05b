#include "request_filter.hpp"

#include <utility>

#include "login_page.hpp"
#include "request_parts.hpp"
#include "rtcbot/net/client_address.hpp"

namespace rtcbot::server {
namespace {

using signal::Refusal;

bool is_probe(std::string_view path) { return path == "/healthz" || path == "/readyz"; }

constexpr const char* kNotSecure =
    "This server answers only requests over TLS. Use https:// (robots: wss://) and the proxy's address; the proxy must "
    "send X-Forwarded-Proto: https, from an address that --proxy names.";

std::string foreign_host(const std::string& host) {
  return "This server is not known as '" + host.substr(0, 120) +
         "'. It requires no credential, so it answers only at addresses that nobody else can own: an IP address, "
         "localhost, a name that ends in .local, this machine's name, and those given with --host NAME.";
}

}  // namespace

std::optional<net::HttpResponse> RequestFilter::refuse_way(const net::HttpRequest& request, bool is_upgrade) {
  if (is_probe(request.path)) return std::nullopt;
  std::string why;
  if (options_.only_secure && !request.is_secure) {
    why = kNotSecure;
  } else if (const auto host = header(request, "host"); options_.checks_host && !is_own_host(host, options_.hosts)) {
    // Only browsers can be misled, and they send Origin with each WebSocket.
    const bool is_robot = is_upgrade && header_view(request, "origin").empty();
    if (!is_robot) why = foreign_host(host);
  }
  if (why.empty()) return std::nullopt;
  auto response = refusals_.make(Refusal::forbidden, why);
  if (wants_page(request)) response = notice_page(response.status, "Not at this address", why);
  return response;
}

net::HttpResponse RequestFilter::foreign_page(const net::HttpRequest& request) {
  const auto why = foreign_page_sentence(page_source(request));
  if (const auto note = pages_refused_.next(); note && log_) {
    log_({LogLevel::warning, "access", "a page was refused at " + request.path + ": " + why + *note});
  }
  return refusals_.make(Refusal::forbidden, why);
}

std::optional<net::HttpResponse> RequestFilter::refuse_foreign_page(const net::HttpRequest& request) {
  if (is_of_own_page(request, options_.allowed_origins)) return std::nullopt;
  return foreign_page(request);
}

std::optional<net::HttpResponse> RequestFilter::refuse_form(const net::HttpRequest& request) {
  const bool is_sdp = is_media_type(header_view(request, "content-type"), "application/sdp");
  const auto coding = header(request, "content-encoding");
  const bool is_coded = !coding.empty() && !is_media_type(coding, "identity");
  if (!is_sdp && !is_coded) return std::nullopt;
  // 415 and what would be taken: RFC 9110 section 15.5.16.
  auto refused = refusals_.make(
      Refusal::bad_offer,
      is_sdp ? "Send the offer as JSON, {\"type\": \"offer\", \"sdp\": \"v=0...\"}, not as application/sdp."
             : "The body is compressed (Content-Encoding: " + coding.substr(0, 40) + "); send the JSON as it is.");
  refused.status = 415;
  refused.headers.emplace_back("Accept", "application/json");
  refused.headers.emplace_back("Accept-Encoding", "identity");
  return refused;
}

net::HttpResponse RequestFilter::too_many(const std::string& message, std::chrono::seconds wait) {
  auto refused = refusals_.make(Refusal::rate_limited, message);
  refused.headers.emplace_back("Retry-After", std::to_string(wait.count()));
  return refused;
}

std::optional<net::HttpResponse> RequestFilter::refuse_offer(Timestamp now, const net::HttpRequest& request,
                                                             const signal::RobotName& robot) {
  if (auto refused = refuse_foreign_page(request)) return refused;
  if (auto refused = refuse_form(request)) return refused;
  if (const auto wait = rate_.check(now, net::limit_key(request.remote_address))) {
    return too_many("Too many requests come from your address. Wait, or close other pages.", *wait);
  }
  if (const auto wait = robot_rate_.check(now, robot.text())) {
    return too_many("Too many requests come for this robot. Wait and try again.", *wait);
  }
  return std::nullopt;
}

std::optional<std::chrono::seconds> RequestFilter::wait_of_offer(Timestamp now, const std::string& address,
                                                                 const signal::RobotName& robot) {
  if (const auto wait = rate_.check(now, address)) return wait;
  return robot_rate_.check(now, robot.text());
}

}  // namespace rtcbot::server
