#include "page_headers.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "rtcbot/net/origin.hpp"

namespace rtcbot::server {
namespace {

constexpr std::string_view kPolicy = "Content-Security-Policy";

/// "'sha256-…'" of the text between two tags.
std::string hash_source(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1> base64{};
  const int size = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
  return std::string("'sha256-").append(base64.begin(), base64.begin() + size).append("'");
}

/// The hashes of all elements of that name; "'none'" if there are none.
std::string hashes_of(std::string_view html, const std::string& element) {
  std::string sources;
  const auto begin = "<" + element, end = "</" + element;
  for (auto at = html.find(begin); at != std::string_view::npos; at = html.find(begin, at)) {
    const auto from = html.find('>', at) + 1;
    const auto to = html.find(end, from);
    if (from == 0 || to == std::string_view::npos) break;
    sources.append(sources.empty() ? "" : " ").append(hash_source(html.substr(from, to - from)));
    at = to;
  }
  return sources.empty() ? "'none'" : sources;
}

bool has_header(const net::HttpResponse& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [&](const auto& each) { return each.first == name; });
}

void add_missing(net::HttpResponse& response, std::string_view name, std::string value) {
  if (!has_header(response, name)) response.headers.emplace_back(name, std::move(value));
}

/// One source in the form of a policy; empty if the text is invalid.
std::string frame_source(const std::string& text) {
  if (text == "self" || text == "'self'") return "'self'";
  auto host = text;
  const auto star = host.find("://*.");
  if (star != std::string::npos) host.erase(star + 3, 2);
  const auto origin = net::parse_origin(host);
  if (!origin) return {};
  auto source = origin->text();
  return star == std::string::npos ? source : source.insert(source.find("://") + 3, "*.");
}

}  // namespace

Result<FrameAncestors> FrameAncestors::parse(const std::vector<std::string>& texts) {
  std::string sources;
  for (const auto& text : texts) {
    if (text.empty() || text == "none" || text == "'none'") continue;
    const auto source = frame_source(text);
    if (source.empty()) {
      return fail(Errc::bad_config,
                  std::string("'").append(text.substr(0, 120)) +
                      "' cannot be a site for --frame-ancestors; use self, or an origin such as https://example.org");
    }
    sources.append(sources.empty() ? "" : " ").append(source);
  }
  FrameAncestors ancestors;
  if (!sources.empty()) ancestors.sources_ = std::move(sources);
  return ancestors;
}

std::string policy_of(std::string_view html, const FrameAncestors& ancestors) {
  return "default-src 'none'; script-src " + hashes_of(html, "script") + "; style-src " + hashes_of(html, "style") +
         "; worker-src 'self'; connect-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; manifest-src "
         "'self'; form-action 'self'; base-uri 'none'; frame-ancestors " +
         ancestors.sources();
}

void add_page_headers(net::HttpResponse& response, const FrameAncestors& ancestors) {
  const bool is_page = response.content_type.starts_with("text/html");
  if (!has_header(response, kPolicy)) {
    // Skipped if already known, because a page's scripts are long.
    response.headers.emplace_back(kPolicy, is_page ? policy_of(response.body, ancestors) : "frame-ancestors 'none'");
  }
  add_missing(response, "X-Content-Type-Options", "nosniff");
  // With "no-referrer" browsers would send "Origin: null" with this server's own forms.
  add_missing(response, "Referrer-Policy", "same-origin");
  const bool is_framed = is_page && !ancestors.are_none();
  add_missing(response, "Cross-Origin-Resource-Policy", is_framed ? "cross-origin" : "same-origin");
  if (!is_page) return;
  add_missing(response, "Cross-Origin-Opener-Policy", "same-origin");
  // For browsers without frame-ancestors; all others ignore this header.
  if (!is_framed) add_missing(response, "X-Frame-Options", "DENY");
}

}  // namespace rtcbot::server
