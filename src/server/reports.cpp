#include "reports.hpp"

#include <sstream>
#include <string_view>

#include <nlohmann/json.hpp>

namespace rtcbot::server {
namespace {

class MetricsText {
 public:
  void metric(std::string_view name, std::string_view type, std::string_view help, std::int64_t value) {
    head(name, type, help);
    line(name, "", std::to_string(value));
  }
  void head(std::string_view name, std::string_view type, std::string_view help) {
    text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
    text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
  }
  void line(std::string_view name, std::string_view labels, std::string_view value) {
    text_.append(name).append(labels).append(" ").append(value).append("\n");
  }
  void real(std::string_view name, std::string_view type, std::string_view help, double value) {
    head(name, type, help);
    line(name, "", std::to_string(value));
  }
  void histogram(std::string_view name, std::string_view help, const DurationHistogram& times) {
    head(name, "histogram", help);
    const std::string bucket = std::string(name).append("_bucket");
    for (std::size_t i = 0; i < DurationHistogram::kBounds.size(); ++i) {
      std::ostringstream bound;
      bound << "{le=\"" << DurationHistogram::kBounds.at(i) << "\"}";
      line(bucket, bound.str(), std::to_string(times.at_most(i)));
    }
    line(bucket, "{le=\"+Inf\"}", std::to_string(times.count()));
    line(std::string(name).append("_sum"), "", std::to_string(times.sum_seconds()));
    line(std::string(name).append("_count"), "", std::to_string(times.count()));
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// Uses the names of Prometheus' own client libraries, so that existing dashboards and alerts work.
void process_metrics(MetricsText& text, const ServerFigures& f) {
  text.real("process_cpu_seconds_total", "counter", "CPU time, user and system.", f.process.cpu_seconds);
  text.metric("process_resident_memory_bytes", "gauge", "Memory in use.", f.process.resident_bytes);
  text.metric("process_open_fds", "gauge", "Open file descriptors.", f.process.open_descriptors);
  text.metric("process_max_fds", "gauge", "File descriptors that may be open.", f.process.max_descriptors);
  text.real("process_start_time_seconds", "gauge", "When the process started, Unix time.", f.started_at_unix_seconds);
}

void front_metrics(MetricsText& text, const net::HttpServerStats& http) {
  text.metric("rtcbot_http_refused_total", "counter", "Connections closed before their first request.",
              http.connections_refused);
  text.metric("rtcbot_http_over_address_limit_total", "counter", "Of these: connections over the limit of one address.",
              http.over_address_limit);
  text.metric("rtcbot_http_descriptors_spent_total", "counter", "Of these: no file descriptor was left.",
              http.descriptors_spent);
  text.metric("rtcbot_http_timed_out_total", "counter", "Requests and handshakes that took too long.",
              http.requests_timed_out);
  text.metric("rtcbot_http_over_budget_total", "counter",
              "Requests refused because incomplete requests held too much memory.", http.requests_over_budget);
  text.metric("rtcbot_http_unfinished_bytes", "gauge", "Memory held by incomplete requests.", http.unfinished_bytes);
  text.metric("rtcbot_tls_handshakes_total", "counter", "TLS handshakes that succeeded.", http.handshakes);
  text.metric("rtcbot_tls_handshakes_failed_total", "counter", "TLS handshakes that failed.", http.handshakes_failed);
  text.metric("rtcbot_tls_plain_requests_total", "counter", "Requests without TLS on the TLS port.", http.plain_on_tls);
  text.metric("rtcbot_tls_certificate_expires_timestamp_seconds", "gauge",
              "When the certificate expires, Unix time; 0 without TLS.", http.certificate_expires_at);
}

void page_metrics(MetricsText& text, const ServerFigures& f) {
  const auto& pages = f.pages.pages;
  text.metric("rtcbot_pages_open", "gauge", "Pages with a websocket.", static_cast<std::int64_t>(f.pages.open));
  text.metric("rtcbot_pages_connected_total", "counter", "Pages that opened a websocket.", pages.connected);
  text.metric("rtcbot_pages_turned_away_total", "counter", "Pages refused by a limit on their number.",
              pages.turned_away);
  text.metric("rtcbot_pages_closed_total", "counter", "Pages closed because they sent invalid or too many messages.",
              pages.closed);
  text.metric("rtcbot_pages_ended_total", "counter",
              "Pages closed because their credential ended or their user signed out.", pages.ended);
  text.metric("rtcbot_pages_slow_closed_total", "counter", "Pages closed because they did not read their messages.",
              f.pages.slow_closed);
  text.metric("rtcbot_page_offers_total", "counter", "Offers by websocket.", pages.offers);
  text.metric("rtcbot_page_offers_limited_total", "counter",
              "Offers by websocket refused by the rate limit of an address.", f.pages.rate_refused);
  text.metric("rtcbot_presence_messages_total", "counter", "Messages that notified pages of robots.",
              pages.presence_messages);
  text.metric("rtcbot_candidates_total", "counter", "ICE candidates forwarded after their description.",
              f.broker.candidates);
  text.metric("rtcbot_candidates_dropped_total", "counter",
              "ICE candidates dropped because they were too many or too late.", f.broker.candidates_dropped);
  text.metric("rtcbot_snapshots_total", "counter", "Pictures that robots sent for the list.", f.broker.snapshots);
  text.metric("rtcbot_snapshots_dropped_total", "counter",
              "Pictures dropped because they came too soon after the last one.", f.broker.snapshots_dropped);
  text.metric("rtcbot_rights_ended_total", "counter",
              "Messages to robots that a credential of their viewers is no longer valid.", f.broker.permissions_ended);
}

}  // namespace

std::string metrics_text(const ServerFigures& f) {
  MetricsText text;
  text.head("rtcbot_build_info", "gauge", "Always 1; the label says which version runs.");
  text.line("rtcbot_build_info", "{version=\"" RTCBOT_VERSION "\"}", "1");
  process_metrics(text, f);
  text.real("rtcbot_uptime_seconds", "gauge", "Time since the server started.",
            std::chrono::duration<double>(f.uptime).count());
  text.histogram("rtcbot_answer_duration_seconds", "From a page's offer to the robot's answer.", f.answer_times);
  text.metric("rtcbot_robots_online", "gauge", "Robots that can be reached now.",
              static_cast<std::int64_t>(f.robots_online));
  text.metric("rtcbot_requests_waiting", "gauge", "Offers whose robot has not answered yet.",
              static_cast<std::int64_t>(f.requests_waiting));
  text.metric("rtcbot_robots_connected_total", "counter", "Robots that came online.", f.broker.robots_connected);
  text.metric("rtcbot_robots_replaced_total", "counter", "Robots closed because a newer one took the name.",
              f.broker.robots_replaced);
  text.metric("rtcbot_robots_closed_total", "counter",
              "Robots closed because they sent something invalid, or nothing in time.", f.broker.robots_closed);
  text.metric("rtcbot_robots_turned_away_total", "counter",
              "Robots refused by a limit on their number, in total or of one address.", f.broker.robots_turned_away);
  text.metric("rtcbot_offers_total", "counter", "Offers that reached the broker.", f.broker.offers);
  text.metric("rtcbot_answers_total", "counter", "Answers sent to browsers.", f.broker.answers);
  text.metric("rtcbot_abandoned_total", "counter", "Requests whose browser left before the answer.",
              f.broker.abandoned);
  text.metric("rtcbot_late_answers_total", "counter", "Answers that arrived too late.", f.broker.late_answers);
  text.metric("rtcbot_http_connections", "gauge", "Open TCP connections, websockets included.",
              f.http.connections_open);
  text.metric("rtcbot_http_requests_total", "counter", "HTTP requests.", f.http.requests);
  text.metric("rtcbot_websockets", "gauge", "Open websockets.", f.http.web_sockets_open);
  text.metric("rtcbot_log_lines_suppressed_total", "counter",
              "Log lines that one address caused beyond its limit; the log has their count.", f.log_lines_suppressed);
  front_metrics(text, f.http);
  page_metrics(text, f);
  text.head("rtcbot_refusals_total", "counter", "Requests refused, by reason.");
  for (std::size_t i = 0; i < signal::kRefusalCount; ++i) {
    const std::string labels = "{error=\"" + std::string(signal::code_of(static_cast<signal::Refusal>(i))) + "\"}";
    text.line("rtcbot_refusals_total", labels, std::to_string(f.broker.refusals.at(i) + f.refused_before_broker.at(i)));
  }
  return text.take();
}

std::string robots_json(const std::vector<broker::RobotInfo>& robots, std::int64_t unix_now_ms) {
  auto list = nlohmann::json::array();
  for (const auto& robot : robots) {
    const auto online_ms = std::chrono::duration_cast<std::chrono::milliseconds>(robot.online_for).count();
    list.push_back({{"name", robot.name.text()},
                    {"protocol", robot.protocol == signal::Protocol::v1 ? "rtcbot.v1" : "bare"},
                    {"online_since_ms", unix_now_ms - online_ms},
                    {"viewers", robot.viewers ? nlohmann::json(*robot.viewers) : nlohmann::json(nullptr)},
                    {"camera", robot.camera},
                    {"waiting", robot.waiting}});
  }
  return nlohmann::json{{"robots", std::move(list)}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace rtcbot::server
