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
  const auto& registry = cluster_.registry().stats();
  const auto& offers = cluster_.forwarded_offers().stats();
  std::string text;
  add(text, "rtcbot_cluster_nats_connected", "1 while NATS can be reached.", cluster_.is_link_up() ? 1 : 0);
  add(text, "rtcbot_cluster_store_ready", "1 while the shared list of robots can be read and written.",
      cluster_.is_store_up() ? 1 : 0);
  add(text, "rtcbot_cluster_servers", "Other servers of the cluster that are alive.",
      static_cast<std::int64_t>(cluster_.servers()));
  add(text, "rtcbot_cluster_nats_reconnects_total", "Times that NATS was reached again.", nats.reconnects);
  add(text, "rtcbot_cluster_nats_losses_total", "Times that NATS was lost.", cluster_.stats().link_losses);
  add(text, "rtcbot_cluster_store_losses_total", "Times that the shared list could not be used any more.",
      cluster_.stats().store_losses);
  add(text, "rtcbot_cluster_servers_gone_total", "Servers that ended or fell silent.", cluster_.stats().servers_gone);
  add(text, "rtcbot_cluster_messages_sent_total", "Messages given to NATS.", nats.sent);
  add(text, "rtcbot_cluster_messages_not_sent_total", "Messages that could not be given to NATS.", nats.not_sent);
  add(text, "rtcbot_cluster_slow_consumer_total", "Times that messages were dropped because they came too quickly.",
      nats.slow_consumer);
  add(text, "rtcbot_cluster_bad_messages_total", "Messages and entries that were not understood.",
      cluster_.stats().bad_messages);
  add(text, "rtcbot_cluster_requests_waiting", "Offers that wait for another server.",
      static_cast<std::int64_t>(cluster_.waiting()));
  add(text, "rtcbot_cluster_offers_asked_total", "Offers that another server was asked about.", offers.asked);
  add(text, "rtcbot_cluster_offers_answered_total", "And its answers and refusals.", offers.answered);
  add(text, "rtcbot_cluster_offers_timeout_total", "Offers that another server did not answer in time.",
      offers.timeouts);
  add(text, "rtcbot_cluster_offers_nobody_total", "Times that nobody listened where a question was sent.",
      offers.no_responders);
  add(text, "rtcbot_cluster_offers_moved_total", "Offers asked again, as the robot had moved.", offers.moved);
  add(text, "rtcbot_cluster_late_replies_total", "Replies for which nobody waited any more.", offers.late_replies);
  add(text, "rtcbot_cluster_bad_replies_total", "Replies that could not be used.", offers.bad_replies);
  add(text, "rtcbot_cluster_visits_total", "Offers that other servers asked about here.",
      cluster_.stats().inbound_offers);
  add(text, "rtcbot_cluster_names_granted_total", "Names registered for robots here.", registry.granted);
  add(text, "rtcbot_cluster_names_alone_total", "Names given while they could not be registered.",
      registry.granted_alone);
  add(text, "rtcbot_cluster_names_taken_total", "Robots refused because another owner has the name.", registry.taken);
  add(text, "rtcbot_cluster_names_lost_total", "Robots closed because they, or another's, are elsewhere.",
      registry.lost);
  add(text, "rtcbot_cluster_name_conflicts_total", "Registrations that came second.", registry.conflicts);
  add(text, "rtcbot_cluster_store_failures_total", "Readings and writings of the store that failed.",
      registry.failures);
  return text;
}

}  // namespace rtcbot::app
