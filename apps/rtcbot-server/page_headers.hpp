#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot::app {

/// Which sites may show this server's pages in a frame of theirs. Whoever shows the console in a frame of his can have
/// its buttons clicked unseen, so by default nobody may.
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

/// A page of this server's, with the policy that lets its own scripts and styles run and nothing else.
struct Page {
  std::string html{};
  std::string policy{};
};

/// The Content-Security-Policy of that page: each <script> and <style> in it by its SHA-256 (CSP level 3 section
/// 6.7.2.3), connections, pictures and forms to this server alone.
[[nodiscard]] std::string policy_of(std::string_view html, const FrameAncestors& ancestors);

/// What every answer says to a browser about how it may be used: what a page may load (unless a policy stands there
/// already), who may frame it, which address it gives away, and that other sites' pages cannot reach into it.
void add_page_headers(net::HttpResponse& response, const FrameAncestors& ancestors);

}  // namespace rtcbot::app
