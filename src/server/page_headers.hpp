#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot::server {

/// The sites that may show this server's pages in a frame. A site that frames the console could trick its visitors into
/// clicking its buttons unseen, so none may by default.
class FrameAncestors {
 public:
  /// Each text is "self", "none" or an origin, whose host may begin with "*.".  Errors: bad_config.
  [[nodiscard]] static Result<FrameAncestors> parse(const std::vector<std::string>& texts);

  /// The sources of a frame-ancestors directive (CSP level 3 section 6.4.2).
  [[nodiscard]] const std::string& sources() const { return sources_; }
  [[nodiscard]] bool are_none() const { return sources_ == "'none'"; }

 private:
  std::string sources_ = "'none'";
};

/// A page of this server, with the policy that permits only its own scripts and styles.
struct Page {
  std::string html{};
  std::string policy{};
};

/// The Content-Security-Policy of that page: each <script> and <style> by its SHA-256 (CSP level 3 section 6.7.2.3);
/// workers, connections, pictures and forms only for this server.
[[nodiscard]] std::string policy_of(std::string_view html, const FrameAncestors& ancestors);

/// Adds the headers that restrict an answer's use in a browser: what a page may load (unless a policy is set already),
/// which sites may frame it, which referrer it sends, and that other sites' pages cannot access it.
void add_page_headers(net::HttpResponse& response, const FrameAncestors& ancestors);

}  // namespace rtcbot::server
