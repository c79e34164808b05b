#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/net/origin.hpp"

namespace rtcbot::app {

/// The further origins whose pages may connect (`--allow-origin`). A value; none by default.
class AllowedOrigins {
 public:
  /// Each text is an origin, or "*" for all.  Errors: bad_config, with a sentence that says how one is written.
  [[nodiscard]] static Result<AllowedOrigins> parse(const std::vector<std::string>& texts);

  [[nodiscard]] bool is_empty() const { return !any_ && named_.empty(); }
  [[nodiscard]] bool is_any() const { return any_; }
  /// Whether the operator has named that origin; "*" names none. `origin` is an Origin field as it came.
  [[nodiscard]] bool names(std::string_view origin) const;
  [[nodiscard]] bool allows(std::string_view origin) const { return any_ || names(origin); }
  /// Without "*": those that may use what a browser sends automatically, such as cookies.
  [[nodiscard]] AllowedOrigins trusted() const;

 private:
  bool any_ = false;
  std::vector<net::Origin> named_;
};

/// What a browser says about the page that makes a request, and the server's own address as it arrived here.
struct PageSource {
  std::string_view origin{};      ///< The Origin field; empty: no page, or a same-origin GET.
  std::string_view fetch_site{};  ///< The Sec-Fetch-Site field, which no page can set.
  std::string_view host{};        ///< The Host field, or a trusted proxy's X-Forwarded-Host.
  bool is_secure = false;         ///< The request came by TLS, ours or a trusted proxy's.
};

/// Whether a request comes from a page of this server, or from no page at all (a robot, a script).
///
/// A browser sends Origin with every cross-site POST and every WebSocket (RFC 6454, Fetch standard); a page elsewhere
/// must not be able to make its visitor's browser talk to a robot. Without TLS at our end the page's scheme is not
/// compared: a proxy may speak TLS without our knowledge. With it, a page that came without TLS may have been written
/// by anybody on the path. A browser's "same-origin" is believed: it says so only of addresses with a valid
/// certificate, and of localhost.
[[nodiscard]] bool is_own_page(const PageSource& source);

/// For whoever gets a refusal because of it: what arrived, and what a proxy must pass on.
[[nodiscard]] std::string foreign_page_sentence(const PageSource& source);

/// Whether an open server may answer at this Host field. Everybody can make a name of their own lead to any address
/// (DNS rebinding), and a page of that name is then "own". Nobody else can for IP addresses, localhost, names of the
/// local network (RFC 6762) and those that the operator knows: `names`, in any case.  Empty: no browser asks.
[[nodiscard]] bool is_own_host(std::string_view host, const std::vector<std::string>& names);

}  // namespace rtcbot::app
