#include "metrics.hpp"

#include "reports.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::server {

std::string Metrics::text(Timestamp now, const net::HttpServerStats& http, const ClusterLink* cluster) const {
  const auto& [broker, pages, offers, refusals, log_lines_suppressed] = sources_;
  const Duration uptime = now - started_at_;
  ServerFigures figures{.broker = broker.stats(),
                        .http = http,
                        .refused_before_broker = refusals.counts(),
                        .robots_online = broker.robots(now).size(),
                        .requests_waiting = broker.waiting(),
                        .uptime = uptime,
                        .answer_times = offers.answer_times(),
                        .process = read_process_figures(),
                        .started_at_unix_seconds = static_cast<double>(runtime::unix_time_ms()) / 1e3 -
                                                   std::chrono::duration<double>(uptime).count(),
                        .pages = pages.figures(),
                        .log_lines_suppressed = offers.log_lines_suppressed() + log_lines_suppressed() +
                                                broker.stats().log_lines_suppressed};
  for (std::size_t i = 0; cluster != nullptr && i < signal::kRefusalCount; ++i) {
    figures.refused_before_broker.at(i) += cluster->refusals().at(i);
  }
  return metrics_text(figures) + (cluster != nullptr ? cluster->metrics_text() : std::string());
}

}  // namespace rtcbot::server
