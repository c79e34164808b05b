#include "own_page.hpp"

#include <algorithm>
#include <optional>

#include "rtcbot/net/client_address.hpp"
#include "rtcbot/net/host_name.hpp"

namespace rtcbot::server {
namespace {

constexpr std::size_t kMaxQuoted = 120;

std::string in_quotes(std::string_view text) {
  return text.empty() ? std::string("nothing") : std::string("'").append(text.substr(0, kMaxQuoted)).append("'");
}

bool is_address(std::string_view host) {
  return host.starts_with('[') || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// A name for comparison, without the final dot of the root.
std::string_view without_root(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

}  // namespace

Result<AllowedOrigins> AllowedOrigins::parse(const std::vector<std::string>& texts) {
  AllowedOrigins allowed;
  for (const auto& text : texts) {
    if (text.empty()) continue;
    const auto origin = net::parse_origin(text);
    if (text != "*" && !origin) {
      return fail(Errc::bad_config, in_quotes(text) + " is not an origin; write it as https://example.org[:PORT]");
    }
    if (origin) allowed.named_.push_back(*origin);
    allowed.any_ = allowed.any_ || text == "*";
  }
  return allowed;
}

bool AllowedOrigins::names(std::string_view origin) const {
  const auto parsed = net::parse_origin(origin);
  return parsed && std::find(named_.begin(), named_.end(), *parsed) != named_.end();
}

AllowedOrigins AllowedOrigins::trusted() const {
  auto named = *this;
  named.any_ = false;
  return named;
}

bool is_own_page(const PageSource& source) {
  if (source.origin.empty() || source.fetch_site == "same-origin") return true;
  const auto page = net::parse_origin(source.origin);  // Fails for "null": a sandboxed frame or a file.
  if (!page || (source.is_secure && page->scheme != "https")) return false;
  return net::origin_of_host(page->scheme, source.host) == page;
}

std::string foreign_page_sentence(const PageSource& source) {
  const bool is_secure = source.is_secure;
  return "Pages of another site may not connect here: this page is from " + in_quotes(source.origin) +
         ", and the request was for " + in_quotes(source.host) + (is_secure ? " over TLS" : " without TLS") +
         ". If both are this server, the proxy in front of it must forward the Host field and X-Forwarded-Proto "
         "unchanged (nginx: proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto $scheme;), and the "
         "server must run with --behind-proxy. If it is another site, permit it with --allow-origin.";
}

bool is_own_host(std::string_view host, const std::vector<std::string>& names) {
  if (host.empty()) return true;
  const auto origin = net::origin_of_host("http", host);
  if (!origin) return false;
  const auto name = without_root(origin->host);
  if (is_address(name) || name == "localhost" || name.ends_with(".localhost") || name.ends_with(".local")) return true;
  return std::any_of(names.begin(), names.end(), [&](const std::string& own) {
    const auto known = net::origin_of_host("http", own);
    return known && without_root(known->host) == name;
  });
}

}  // namespace rtcbot::server
