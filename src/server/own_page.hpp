#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/net/origin.hpp"

namespace rtcbot::server {

/// The other origins whose pages may connect (`--allow-origin`). A value; none by default.
class AllowedOrigins {
 public:
  /// Each text is an origin, or "*" for all.  Errors: bad_config, with a sentence that shows the form.
  [[nodiscard]] static Result<AllowedOrigins> parse(const std::vector<std::string>& texts);

  [[nodiscard]] bool is_empty() const { return !any_ && named_.empty(); }
  [[nodiscard]] bool is_any() const { return any_; }
  /// True if the operator has named that origin; "*" names none. `origin` is the unchanged Origin field.
  [[nodiscard]] bool names(std::string_view origin) const;
  [[nodiscard]] bool allows(std::string_view origin) const { return any_ || names(origin); }
  /// Without "*": the origins that may use credentials which a browser sends automatically, such as cookies.
  [[nodiscard]] AllowedOrigins trusted() const;

 private:
  bool any_ = false;
  std::vector<net::Origin> named_;
};

/// The browser's information about the requesting page, and the server's own address as received.
struct PageSource {
  std::string_view origin{};      ///< The Origin field; empty: not a page, or a same-origin GET.
  std::string_view fetch_site{};  ///< The Sec-Fetch-Site field, which no page can set.
  std::string_view host{};        ///< The Host field, or a trusted proxy's X-Forwarded-Host.
  bool is_secure = false;         ///< The request arrived over TLS, at this server or at a trusted proxy.
};

/// True if a request comes from a page of this server, or not from a page at all (a robot, a script).
///
/// A browser sends Origin with every cross-site POST and every WebSocket (RFC 6454, Fetch standard). A page elsewhere
/// must not be able to use its visitor's browser to reach a robot. Without TLS at our end the page's scheme is not
/// compared, because a proxy may use TLS without our knowledge. With TLS the scheme must be https, because anybody on
/// the path may have written a page that came without TLS. A browser's "same-origin" is trusted: browsers send it only
/// for addresses with a valid certificate, and for localhost.
[[nodiscard]] bool is_own_page(const PageSource& source);

/// The sentence for such a refusal: what arrived, and what a proxy must pass on.
[[nodiscard]] std::string foreign_page_sentence(const PageSource& source);

/// True if an open server may answer at this Host field. Anybody can point a domain name at any address (DNS
/// rebinding), and a page of that name is then "own". Not at risk are IP addresses, localhost, names of the local
/// network (RFC 6762) and those that the operator lists: `names`, in any case.  Empty: the client is not a browser.
[[nodiscard]] bool is_own_host(std::string_view host, const std::vector<std::string>& names);

}  // namespace rtcbot::server
