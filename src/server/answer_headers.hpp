#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "own_page.hpp"
#include "page_headers.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot::server {

/// The header fields by which browsers restrict how an answer is used: which pages of other origins may read it, which
/// sites may frame it, and that it came over TLS. Pure; safe to use from several threads.
class AnswerHeaders {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  struct Options {
    AllowedOrigins allowed_origins{};
    FrameAncestors frame_ancestors{};
    bool asks_for_tls = false;  ///< An answer over TLS asks the browser to use TLS from then on (RFC 6797).
  };
  explicit AnswerHeaders(Options options) : options_(std::move(options)) {}

  /// Adds the fields to the answer to that request.
  [[nodiscard]] net::HttpResponse finished(const net::HttpRequest& request, net::HttpResponse response) const;

  /// The answer to a page of another origin that asks whether it may send its request (CORS, Fetch standard section
  /// 3.2); nothing for other requests, and where no other origin may connect.
  [[nodiscard]] std::optional<net::HttpResponse> preflight(const net::HttpRequest& request) const;

 private:
  [[nodiscard]] Fields origin_fields(const net::HttpRequest& request) const;

  Options options_;
};

}  // namespace rtcbot::server
