// The cluster's metrics.
#include "cluster_link.hpp"

namespace rtcbot::server {
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
  const auto& registry = cluster_.registry().stats();
  const auto& offers = cluster_.forwarded_offers().stats();
  std::string text;
  add(text, "rtcbot_cluster_nats_connected", "1 while NATS can be reached.", cluster_.is_link_up() ? 1 : 0);
  add(text, "rtcbot_cluster_store_ready", "1 while the shared list of robots can be read and written.",
      cluster_.is_store_up() ? 1 : 0);
  add(text, "rtcbot_cluster_servers", "Other servers of the cluster that are alive.",
      static_cast<std::int64_t>(cluster_.servers()));
  add(text, "rtcbot_cluster_nats_reconnects_total", "Times that the connection to NATS was restored.", nats.reconnects);
  add(text, "rtcbot_cluster_nats_losses_total", "Times that the connection to NATS was lost.",
      cluster_.stats().link_losses);
  add(text, "rtcbot_cluster_store_losses_total", "Times that the shared list became unusable.",
      cluster_.stats().store_losses);
  add(text, "rtcbot_cluster_servers_gone_total", "Servers that ended or stopped sending heartbeats.",
      cluster_.stats().servers_gone);
  add(text, "rtcbot_cluster_messages_sent_total", "Messages sent to NATS.", nats.sent);
  add(text, "rtcbot_cluster_messages_not_sent_total", "Messages that could not be sent to NATS.", nats.not_sent);
  add(text, "rtcbot_cluster_slow_consumer_total",
      "Times that messages from NATS were dropped because they arrived too quickly.", nats.slow_consumer);
  add(text, "rtcbot_cluster_bad_messages_total", "Messages and entries that were not understood.",
      cluster_.stats().bad_messages);
  add(text, "rtcbot_cluster_requests_waiting", "Offers that wait for another server.",
      static_cast<std::int64_t>(cluster_.waiting()));
  add(text, "rtcbot_cluster_offers_asked_total", "Offers forwarded to another server.", offers.asked);
  add(text, "rtcbot_cluster_offers_answered_total", "Answers and refusals from another server.", offers.answered);
  add(text, "rtcbot_cluster_offers_timeout_total", "Offers that another server did not answer in time.",
      offers.timeouts);
  add(text, "rtcbot_cluster_offers_nobody_total", "Forwarded offers that no server received.", offers.no_responders);
  add(text, "rtcbot_cluster_offers_moved_total", "Offers forwarded again because the robot had moved.", offers.moved);
  add(text, "rtcbot_cluster_late_replies_total", "Replies that arrived too late.", offers.late_replies);
  add(text, "rtcbot_cluster_bad_replies_total", "Replies that could not be used.", offers.bad_replies);
  add(text, "rtcbot_cluster_visits_total", "Offers forwarded here by other servers.", cluster_.stats().inbound_offers);
  add(text, "rtcbot_cluster_names_granted_total", "Names registered for robots here.", registry.granted);
  add(text, "rtcbot_cluster_names_alone_total", "Names granted while they could not be registered.",
      registry.granted_alone);
  add(text, "rtcbot_cluster_names_taken_total", "Robots refused because another owner has the name.", registry.taken);
  add(text, "rtcbot_cluster_names_lost_total", "Robots closed because their name is online at another server.",
      registry.lost);
  add(text, "rtcbot_cluster_name_conflicts_total", "Registrations that another server changed first.",
      registry.conflicts);
  add(text, "rtcbot_cluster_store_failures_total", "Failed reads and writes of the store.", registry.failures);
  return text;
}

}  // namespace rtcbot::server
