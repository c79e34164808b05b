#include "rtcbot/cluster/forwarded_offers.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace rtcbot::cluster {

using broker::RequestId;
using signal::Refusal;

namespace {

Refusal nobody(const signal::RobotName& robot) {
  return robot.is_default() ? Refusal::no_robot : Refusal::robot_offline;
}

bool is_offline(Refusal refusal) { return refusal == Refusal::robot_offline || refusal == Refusal::no_robot; }

}  // namespace

void ForwardedOffers::offer(Timestamp now, OutgoingOffer offer, bool is_known) {
  const RequestId request = offer.request;
  const auto* known = view_.elsewhere(offer.robot);
  if (!known) return refuse(request, is_known ? nobody(offer.robot) : Refusal::unavailable);
  const auto waiting = per_robot_.find(offer.robot);
  if (offers_.size() >= config_.max_waiting ||
      (waiting != per_robot_.end() && waiting->second >= config_.max_waiting_per_robot)) {
    return refuse(request, Refusal::busy);
  }
  const auto parsed = signal::parse_offer(offer.body, config_.limits);
  if (!parsed) {
    const bool is_large = parsed.error().code() == Errc::too_large;
    return refuse(request, is_large ? Refusal::too_large : Refusal::bad_offer, parsed.error().what());
  }
  send(now, Forwarded{.request = request,
                      .robot = std::move(offer.robot),
                      .server = known->entry.server,
                      .trace = std::move(offer.trace),
                      .body = signal::write_offer(*parsed),
                      .permissions = std::move(offer.permissions)});
}

void ForwardedOffers::send(Timestamp now, Forwarded forwarded) {
  const ForwardedId id(++last_id_);
  ++stats_.asked;
  actions_.push_back(
      SendQuestion{forwarded.server, id.value(),
                   write_question(OfferQuestion{config_.self, id.value(), forwarded.robot, forwarded.trace,
                                                forwarded.body, forwarded.permissions})});
  deadlines_.set(id, now + config_.timeout);
  by_request_[forwarded.request] = id;
  ++per_robot_[forwarded.robot];
  offers_.emplace(id, std::move(forwarded));
  if (probe_at_ == kNever) probe_at_ = now + config_.probe_interval;
}

ForwardedOffers::Forwarded ForwardedOffers::take(All::iterator it) {
  Forwarded forwarded = std::move(it->second);
  deadlines_.erase(it->first);
  by_request_.erase(forwarded.request);
  const auto count = per_robot_.find(forwarded.robot);
  if (--count->second == 0) per_robot_.erase(count);
  offers_.erase(it);
  return forwarded;
}

void ForwardedOffers::finish(All::iterator it, Refusal refusal, std::string_view message) {
  refuse(take(it).request, refusal, message);
}

void ForwardedOffers::refuse(RequestId request, Refusal refusal, std::string_view message) {
  const bool waits = refusal == Refusal::busy || refusal == Refusal::unavailable || refusal == Refusal::stopping;
  respond(request, {refusal, std::string(message), waits ? std::optional(config_.retry_after) : std::nullopt});
}

void ForwardedOffers::respond(RequestId request, const RefusalReply& reply) {
  ++stats_.refusals.at(static_cast<std::size_t>(reply.refusal));
  actions_.push_back(broker::Respond{.request = request,
                                     .status = signal::http_status(reply.refusal),
                                     .body = signal::refusal_json(reply.refusal, reply.message),
                                     .retry_after = reply.retry_after});
}

void ForwardedOffers::cancel(std::uint64_t id, const Forwarded& forwarded) {
  actions_.push_back(SendQuestion{forwarded.server, 0, write_question(CancelQuestion{config_.self, id})});
}

void ForwardedOffers::abandoned(RequestId request) {
  const auto found = by_request_.find(request);
  if (found == by_request_.end()) return;
  ++stats_.abandoned;
  const auto it = offers_.find(found->second);
  const auto id = it->first.value();
  cancel(id, take(it));
}

void ForwardedOffers::reply(Timestamp now, std::uint64_t id, std::string_view text) {
  const auto it = offers_.find(ForwardedId(id));
  if (it == offers_.end()) {
    ++stats_.late_replies;
    return;
  }
  auto reply = parse_reply(text, config_.limits);
  if (!reply || reply->id != id) {
    ++stats_.bad_replies;
    return finish(it, Refusal::robot_left, "The other server's reply could not be used. Try again.");
  }
  Forwarded forwarded = take(it);
  if (auto* answer = std::get_if<signal::Answer>(&reply->content)) {
    ++stats_.answered;
    actions_.push_back(broker::Respond{.request = forwarded.request, .body = signal::write_answer(*answer)});
    return;
  }
  const auto& refusal = std::get<RefusalReply>(reply->content);
  const auto* known = view_.elsewhere(forwarded.robot);
  if (is_offline(refusal.refusal) && !forwarded.was_resent && known && known->entry.server != forwarded.server) {
    ++stats_.moved;
    forwarded.server = known->entry.server;
    forwarded.was_resent = true;
    return send(now, std::move(forwarded));
  }
  ++stats_.answered;
  respond(forwarded.request, refusal);
}

std::string ForwardedOffers::no_responders(std::uint64_t id) {
  if (auto probe = probes_.extract(id); !probe.empty()) {
    ++stats_.no_responders;
    return probe.mapped();
  }
  const auto it = offers_.find(ForwardedId(id));
  if (it == offers_.end()) return {};
  ++stats_.no_responders;
  const Forwarded forwarded = take(it);
  refuse(forwarded.request, nobody(forwarded.robot));  // no server received it
  return forwarded.server;
}

void ForwardedOffers::server_gone(const std::string& server) {
  std::vector<ForwardedId> ids;
  for (const auto& [id, forwarded] : offers_) {
    if (forwarded.server == server) ids.push_back(id);
  }
  for (const auto id : ids) {
    finish(offers_.find(id), Refusal::robot_left,
           "The robot's server went away before it could answer. Try again now.");
  }
}

void ForwardedOffers::link_down() {
  while (!offers_.empty()) finish(offers_.begin(), Refusal::unavailable);
  probes_.clear();
  probe_at_ = kNever;
}

void ForwardedOffers::stop() {
  while (!offers_.empty()) {
    const auto it = offers_.begin();
    cancel(it->first.value(), it->second);
    finish(it, Refusal::stopping);
  }
}

void ForwardedOffers::handle_timeout(Timestamp now) {
  while (const auto id = deadlines_.take_due(now)) {
    ++stats_.timeouts;
    const Forwarded forwarded = take(offers_.find(*id));
    cancel(id->value(), forwarded);
    refuse(forwarded.request, Refusal::robot_timeout);
  }
  if (probe_at_ <= now) probe(now);
}

void ForwardedOffers::probe(Timestamp now) {
  probes_.clear();
  std::set<std::string> servers;
  for (const auto& [id, forwarded] : offers_) servers.insert(forwarded.server);
  for (const auto& server : servers) {
    const std::uint64_t id = ++last_id_;
    probes_.emplace(id, server);
    actions_.push_back(SendQuestion{server, id, write_question(Probe{})});
  }
  probe_at_ = servers.empty() ? kNever : now + config_.probe_interval;
}

Timestamp ForwardedOffers::next_timeout() const { return std::min(deadlines_.next(), probe_at_); }

}  // namespace rtcbot::cluster
