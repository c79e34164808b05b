#include "rtcbot/cluster/cluster.hpp"

#include <algorithm>

#include "rtcbot/base/counted.hpp"

namespace rtcbot::cluster {

using signal::Refusal;
using signal::RobotName;

Cluster::Cluster(Config config)
    : config_(std::move(config)),
      view_({.self = config_.self, .liveness_timeout = config_.liveness_timeout}),
      registry_({.self = config_.self, .unix_ms_at_epoch = config_.unix_ms_at_epoch}, view_, actions_),
      offers_({.self = config_.self,
               .timeout = config_.timeout,
               .retry_after = config_.retry_after,
               .limits = config_.limits},
              view_, actions_) {
  view_.freeze();
}

void Cluster::link_up(Timestamp now) {
  if (is_link_up_) return;
  is_link_up_ = true;
  view_.thaw(now);
  next_heartbeat_ = now;
  handle_timeout(now);
}

void Cluster::link_down(Timestamp now) {
  if (!is_link_up_) return;
  is_link_up_ = false;
  ++stats_.link_losses;
  view_.freeze();
  next_heartbeat_ = kNever;
  offers_.link_down();
  for (const auto& [offer_id, asked] : inbound_offers_) actions_.push_back(EndInboundOffer{offer_id});
  inbound_offers_.clear();
  inbound_offer_ids_.clear();
  store_down(now);
}

void Cluster::snapshot_begin() { view_.begin_snapshot(); }

void Cluster::entry(Timestamp now, std::string_view key, std::string_view value, std::uint64_t revision) {
  const auto name = name_of_key(key);
  auto entry = parse_entry(value);
  if (!name || !entry) return bad_message(now, name ? entry.error().what() : name.error().what());
  const bool is_news = view_.put(now, *name, std::move(*entry), revision);
  // Even an unchanged entry matters: it may have overwritten an entry of ours that was not seen here.
  registry_.seen(now, *name);
  if (is_news) actions_.push_back(PresenceChanged{*name});
}

void Cluster::entry_deleted(Timestamp now, std::string_view key, std::uint64_t revision) {
  const auto name = name_of_key(key);
  if (!name) return bad_message(now, name.error().what());
  if (view_.erase(*name, revision)) actions_.push_back(PresenceChanged{*name});
}

void Cluster::snapshot_end(Timestamp now, std::int64_t incarnation) {
  tell(view_.end_snapshot());
  const bool is_new = std::exchange(incarnation_, incarnation) != incarnation;
  is_store_up_ = true;
  log(LogLevel::info, "the shared store lists " + counted(view_.all().size(), "robot") + "; " +
                          counted(view_.servers(), "other server"));
  registry_.store_ready(now, is_new);
}

void Cluster::store_down(Timestamp) {
  if (!is_store_up_) return;
  is_store_up_ = false;
  ++stats_.store_losses;
  registry_.store_lost();
}

void Cluster::written(Timestamp now, OpId op, const StoreResult& result) { registry_.written(now, op, result); }

void Cluster::read(Timestamp now, OpId op, StoreResult::Status status, std::uint64_t revision,
                   const std::optional<std::string>& value) {
  StoreResult result{status, revision, {}};
  if (value) {
    // An invalid value counts as none and is overwritten.
    if (auto entry = parse_entry(*value)) {
      result.entry = std::move(*entry);
    } else {
      bad_message(now, entry.error().what());
    }
  }
  registry_.read(now, op, result);
}

void Cluster::heartbeat(Timestamp now, std::string_view text) {
  const auto heartbeat = parse_heartbeat(text);
  if (!heartbeat) return bad_message(now, heartbeat.error().what());
  if (heartbeat->server == config_.self) return;
  for (const auto& each : heartbeat->signed_out) actions_.push_back(SessionEnded{each.session, each.until_s});
  // Keeps the requests that wait for this server: its last replies may still be in transit, because heartbeats and
  // replies use different subjects. Probes end the wait when the server is gone.
  if (heartbeat->is_last) return forget(heartbeat->server);
  if (!view_.heard(now, heartbeat->server)) return;
  log(LogLevel::info, "server " + heartbeat->server.substr(0, 8) + " sends heartbeats again");
  tell(view_.robots_of(heartbeat->server));
}

void Cluster::forget(const std::string& server) {
  if (!view_.gone(server)) return;
  ++stats_.servers_gone;
  log(LogLevel::warning, "server " + server.substr(0, 8) + " has left");
  tell(view_.robots_of(server));
}

void Cluster::tell(const std::vector<RobotName>& names) {
  for (const auto& name : names) actions_.push_back(PresenceChanged{name});
}

void Cluster::bad_message(Timestamp now, const std::string& what) {
  ++stats_.bad_messages;
  const std::string line = "a message was not understood: " + what;
  if (not_understood_.allow(now, "", line)) log(LogLevel::warning, line);
}

void Cluster::no_responders(std::uint64_t id) {
  const auto server = offers_.no_responders(id);
  if (server.empty()) return;
  forget(server);
  offers_.server_gone(server);
}

void Cluster::question(Timestamp now, std::string_view text, const std::string& reply_to) {
  auto question = parse_question(text, config_.limits);
  if (!question) return bad_message(now, question.error().what());
  if (const auto* cancel = std::get_if<CancelQuestion>(&*question)) {
    const auto found = inbound_offer_ids_.find({cancel->from, cancel->id});
    if (found == inbound_offer_ids_.end()) return;
    actions_.push_back(EndInboundOffer{found->second});
    inbound_offers_.erase(found->second);
    inbound_offer_ids_.erase(found);
    return;
  }
  auto* offer = std::get_if<OfferQuestion>(&*question);
  if (!offer || reply_to.empty() || inbound_offer_ids_.contains({offer->from, offer->id})) return;
  ++stats_.inbound_offers;
  if (is_stopping_ || inbound_offers_.size() >= config_.max_inbound_offers) {
    const auto refusal = is_stopping_ ? Refusal::stopping : Refusal::busy;
    broker::Respond respond{.status = signal::http_status(refusal),
                            .body = signal::refusal_json(refusal),
                            .retry_after = config_.retry_after};
    actions_.push_back(SendReply{reply_to, write_reply(offer->id, respond)});
    return;
  }
  const InboundOfferId offer_id(++last_inbound_offer_);
  inbound_offers_.emplace(offer_id, InboundOffer{offer->from, offer->id, reply_to});
  inbound_offer_ids_.emplace(std::pair{offer->from, offer->id}, offer_id);
  actions_.push_back(ForwardOffer{offer_id, std::move(offer->robot), std::move(offer->from), std::move(offer->trace),
                                  std::move(offer->body), std::move(offer->permissions)});
}

void Cluster::inbound_offer_answered(InboundOfferId offer_id, const broker::Respond& respond) {
  const auto found = inbound_offers_.find(offer_id);
  if (found == inbound_offers_.end()) return;
  const InboundOffer asked = std::move(found->second);
  inbound_offers_.erase(found);
  inbound_offer_ids_.erase({asked.from, asked.id});
  actions_.push_back(SendReply{asked.reply_to, write_reply(asked.id, respond)});
}

void Cluster::claim(Timestamp now, broker::SocketId socket, const RobotName& name, const std::string& owner,
                    signal::Protocol protocol) {
  registry_.claim(now, socket, name, owner, protocol);
}

void Cluster::offer(Timestamp now, OutgoingOffer offer) {
  if (is_stopping_) return offers_.refuse(offer.request, Refusal::stopping);
  if (!is_link_up_) return offers_.refuse(offer.request, Refusal::unavailable);
  offers_.offer(now, std::move(offer), is_store_up_);
}

void Cluster::signed_out(Timestamp now, SignOut session) {
  sign_outs_.push_front({std::move(session), config_.sign_out_repeats});
  if (sign_outs_.size() > config_.max_sign_outs) sign_outs_.pop_back();
  if (!is_link_up_) return;
  next_heartbeat_ = now;
  handle_timeout(now);
}

std::vector<SignOut> Cluster::take_sign_outs() {
  std::vector<SignOut> taken;
  const auto count = std::min(sign_outs_.size(), Heartbeat::kMaxSignOuts);
  for (std::size_t i = 0; i < count; ++i) {
    PendingSignOut pending = std::move(sign_outs_.front());
    sign_outs_.pop_front();
    taken.push_back(pending.session);
    if (--pending.left > 0) sign_outs_.push_back(std::move(pending));
  }
  return taken;
}

void Cluster::stop(Timestamp) {
  if (std::exchange(is_stopping_, true)) return;
  offers_.stop();
}

void Cluster::farewell() {
  next_heartbeat_ = kNever;
  if (is_link_up_) actions_.push_back(SendHeartbeat{write_heartbeat({config_.self, true, {}})});
}

void Cluster::handle_timeout(Timestamp now) {
  if (next_heartbeat_ <= now) {
    actions_.push_back(SendHeartbeat{write_heartbeat({config_.self, false, take_sign_outs()})});
    next_heartbeat_ = now + config_.heartbeat_interval;
  }
  for (const auto& server : view_.take_silent(now)) {
    ++stats_.servers_gone;
    log(LogLevel::warning, "server " + server.substr(0, 8) + " no longer sends heartbeats");
    offers_.server_gone(server);
    tell(view_.robots_of(server));
  }
  offers_.handle_timeout(now);
  registry_.handle_timeout(now);
  while (const auto count = not_understood_.poll_summary(now)) log(LogLevel::warning, count->text());
}

Timestamp Cluster::next_timeout() const {
  return std::min({next_heartbeat_, view_.next_timeout(), offers_.next_timeout(), registry_.next_timeout(),
                   not_understood_.next_timeout()});
}

std::optional<Action> Cluster::poll_action() {
  if (actions_.empty()) return std::nullopt;
  Action action = std::move(actions_.front());
  actions_.pop_front();
  return action;
}

std::optional<ClusterRobot> Cluster::other(const RobotName& name) const {
  const auto* known = view_.find(name);
  if (!known) return std::nullopt;
  return ClusterRobot{name, view_.elsewhere(name) != nullptr, known->entry};
}

std::vector<ClusterRobot> Cluster::others() const {
  std::vector<ClusterRobot> list;
  for (const auto& [name, known] : view_.all()) {
    list.push_back(ClusterRobot{name, view_.elsewhere(name) != nullptr, known.entry});
  }
  return list;
}

bool Cluster::is_taken(const RobotName& name, const std::string& owner) const {
  const auto* known = is_store_up_ ? view_.elsewhere(name) : nullptr;
  return known && known->entry.owner != owner;
}

}  // namespace rtcbot::cluster
