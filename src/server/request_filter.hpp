#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "admission.hpp"
#include "own_page.hpp"
#include "refusals.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/base/log_sampler.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/net/http_server.hpp"
#include "rtcbot/signal/robot_name.hpp"

namespace rtcbot::server {

/// Refuses requests that the server must not answer to anybody: for a foreign host name, without TLS, of pages of
/// another site, in a form that it does not read, or too many. Gets the time; not thread-safe.
class RequestFilter {
 public:
  struct Options {
    AllowedOrigins allowed_origins{};
    std::vector<std::string> hosts{};  ///< Names of this server, see `is_own_host`.
    bool checks_host = true;           ///< Answers only at its own names; for a server that needs no credential.
    bool only_secure = false;          ///< Answers only requests over TLS, except for probes.
    RateLimiter::Config rate{};        ///< Offers of one address.
    RateLimiter::Config robot_rate{};  ///< Offers to one robot.
  };
  /// `refusals` must outlive this.
  RequestFilter(Options options, Refusals& refusals, LogSink log)
      : options_(std::move(options)),
        refusals_(refusals),
        log_(std::move(log)),
        rate_(options_.rate),
        robot_rate_(options_.robot_rate) {}

  /// For a foreign host name, or without required TLS.
  [[nodiscard]] std::optional<net::HttpResponse> refuse_way(const net::HttpRequest& request, bool is_upgrade);
  /// For a page of another site that may not connect.
  [[nodiscard]] std::optional<net::HttpResponse> refuse_foreign_page(const net::HttpRequest& request);
  /// The refusal of a page of another site. Logs some of them.
  [[nodiscard]] net::HttpResponse foreign_page(const net::HttpRequest& request);
  /// For an offer of a foreign page, in an unsupported form (compressed, plain SDP), or above the rates.
  [[nodiscard]] std::optional<net::HttpResponse> refuse_offer(Timestamp now, const net::HttpRequest& request,
                                                              const signal::RobotName& robot);
  /// How long that address (`net::limit_key`) has to wait before another offer to that robot by websocket, which has
  /// the same rates; nothing: no wait, and counted.
  [[nodiscard]] std::optional<std::chrono::seconds> wait_of_offer(Timestamp now, const std::string& address,
                                                                  const signal::RobotName& robot);

  [[nodiscard]] const AllowedOrigins& allowed_origins() const { return options_.allowed_origins; }

 private:
  [[nodiscard]] std::optional<net::HttpResponse> refuse_form(const net::HttpRequest& request);
  [[nodiscard]] net::HttpResponse too_many(const std::string& message, std::chrono::seconds wait);

  const Options options_;
  Refusals& refusals_;
  const LogSink log_;
  RateLimiter rate_;
  RateLimiter robot_rate_;
  LogSampler pages_refused_{};
};

}  // namespace rtcbot::server
