#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "histogram.hpp"
#include "page_sockets.hpp"
#include "process_figures.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot::server {

/// The input of `/metrics`.
struct ServerFigures {
  broker::Stats broker;
  net::HttpServerStats http;
  std::array<std::int64_t, signal::kRefusalCount> refused_before_broker{};
  std::size_t robots_online = 0;
  std::size_t requests_waiting = 0;
  Duration uptime{};
  DurationHistogram answer_times;
  ProcessFigures process;
  double started_at_unix_seconds = 0;
  PageDeskFigures pages{};
  std::int64_t log_lines_suppressed = 0;  ///< Lines that strangers could cause.
};

/// Prometheus' text format, version 0.0.4.
[[nodiscard]] std::string metrics_text(const ServerFigures& figures);

/// `GET /api/robots`: {"robots": [{"name", "online_since", "viewers", …}]}.
[[nodiscard]] std::string robots_json(const std::vector<broker::RobotInfo>& robots, std::int64_t unix_now_ms);

}  // namespace rtcbot::server
