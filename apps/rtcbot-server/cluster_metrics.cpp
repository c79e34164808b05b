// The cluster's metrics.
#include "rtcbot-server/cluster_link.hpp"

namespace rtcbot::app {
namespace {

void add(std::string& text, std::string_view name, std::string_view help, std::int64_t value) {
  const std::string_view type = name.ends_with("_total") ? "counter" : "gauge";
  text.append("# HELP ").append(name).append(" ").append(help).append("\n");
  text.append("# TYPE ").append(name).append(" ").append(type).append("\n");
  text.append(name).append(" ").append(std::to_string(value)).append("\n");
}

}  // namespace

std::string ClusterLink::metrics_text() const {
  const auto nats = nats_->stats();
  const auto& claims = fleet_.claims().stats();
  const auto& asks = fleet_.asks().stats();
  std::string text;
  add(text, "rtcbot_cluster_nats_connected", "1 while NATS can be reached.", fleet_.is_link_up() ? 1 : 0);
  add(text, "rtcbot_cluster_store_ready", "1 while the shared list of robots can be read and written.",
      fleet_.is_store_up() ? 1 : 0);
  add(text, "rtcbot_cluster_servers", "Other servers of the fleet that are alive.",
      static_cast<std::int64_t>(fleet_.servers()));
  add(text, "rtcbot_cluster_nats_reconnects_total", "Times that NATS was reached again.", nats.reconnects);
  add(text, "rtcbot_cluster_nats_losses_total", "Times that NATS was lost.", fleet_.stats().link_losses);
  add(text, "rtcbot_cluster_store_losses_total", "Times that the shared list could not be used any more.",
      fleet_.stats().store_losses);
  add(text, "rtcbot_cluster_servers_gone_total", "Servers that ended or fell silent.", fleet_.stats().servers_gone);
  add(text, "rtcbot_cluster_messages_sent_total", "Messages given to NATS.", nats.sent);
  add(text, "rtcbot_cluster_messages_not_sent_total", "Messages that could not be given to NATS.", nats.not_sent);
  add(text, "rtcbot_cluster_slow_consumer_total", "Times that messages were dropped because they came too quickly.",
      nats.slow_consumer);
  add(text, "rtcbot_cluster_bad_messages_total", "Messages and entries that were not understood.",
      fleet_.stats().bad_messages);
  add(text, "rtcbot_cluster_requests_waiting", "Offers that wait for another server.",
      static_cast<std::int64_t>(fleet_.waiting()));
  add(text, "rtcbot_cluster_offers_asked_total", "Offers that another server was asked about.", asks.asked);
  add(text, "rtcbot_cluster_offers_answered_total", "And its answers and refusals.", asks.answered);
  add(text, "rtcbot_cluster_offers_timeout_total", "Offers that another server did not answer in time.", asks.timeouts);
  add(text, "rtcbot_cluster_offers_nobody_total", "Times that nobody listened where a question was sent.",
      asks.nobody_there);
  add(text, "rtcbot_cluster_offers_moved_total", "Offers asked again, as the robot had moved.", asks.moved);
  add(text, "rtcbot_cluster_late_replies_total", "Replies for which nobody waited any more.", asks.late_replies);
  add(text, "rtcbot_cluster_bad_replies_total", "Replies that could not be used.", asks.bad_replies);
  add(text, "rtcbot_cluster_visits_total", "Offers that other servers asked about here.", fleet_.stats().visits);
  add(text, "rtcbot_cluster_names_granted_total", "Names registered for robots here.", claims.granted);
  add(text, "rtcbot_cluster_names_alone_total", "Names given while they could not be registered.",
      claims.granted_alone);
  add(text, "rtcbot_cluster_names_taken_total", "Robots refused because another owner has the name.", claims.taken);
  add(text, "rtcbot_cluster_names_lost_total", "Robots closed because they, or another's, are elsewhere.", claims.lost);
  add(text, "rtcbot_cluster_name_conflicts_total", "Registrations that came second.", claims.conflicts);
  add(text, "rtcbot_cluster_store_failures_total", "Readings and writings of the store that failed.", claims.failures);
  return text;
}

}  // namespace rtcbot::app
