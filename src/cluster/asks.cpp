#include "rtcbot/cluster/asks.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace rtcbot::cluster {

using broker::RequestId;
using signal::Refusal;

namespace {

Refusal nobody(const signal::RobotName& robot) {
  return robot.is_nameless() ? Refusal::no_robot : Refusal::robot_offline;
}

bool is_offline(Refusal refusal) { return refusal == Refusal::robot_offline || refusal == Refusal::no_robot; }

}  // namespace

void Asks::offer(Timestamp now, RequestId request, const signal::RobotName& robot, std::string_view body,
                 const std::string& trace, bool is_known, signal::Right right) {
  const auto* known = roster_.elsewhere(robot);
  if (!known) return refuse(request, is_known ? nobody(robot) : Refusal::unavailable);
  const auto waiting = per_robot_.find(robot);
  if (asks_.size() >= config_.max_waiting ||
      (waiting != per_robot_.end() && waiting->second >= config_.max_waiting_per_robot)) {
    return refuse(request, Refusal::busy);
  }
  auto offer = signal::parse_offer(body, config_.limits);
  if (!offer) {
    const bool is_large = offer.error().code() == Errc::too_large;
    return refuse(request, is_large ? Refusal::too_large : Refusal::bad_offer, offer.error().what());
  }
  send(now, Ask{request, robot, known->entry.server, trace, signal::write_offer(*offer), std::move(right)});
}

void Asks::send(Timestamp now, Ask ask) {
  const AskId id(++last_id_);
  ++stats_.asked;
  actions_.push_back(
      SendQuestion{ask.server, id.value(),
                   write_question(OfferQuestion{config_.self, id.value(), ask.robot, ask.trace, ask.body, ask.right})});
  deadlines_.set(id, now + config_.patience);
  by_request_[ask.request] = id;
  ++per_robot_[ask.robot];
  asks_.emplace(id, std::move(ask));
  if (probe_at_ == kNever) probe_at_ = now + config_.probe_interval;
}

Asks::Ask Asks::take(All::iterator it) {
  Ask ask = std::move(it->second);
  deadlines_.erase(it->first);
  by_request_.erase(ask.request);
  const auto count = per_robot_.find(ask.robot);
  if (--count->second == 0) per_robot_.erase(count);
  asks_.erase(it);
  return ask;
}

void Asks::finish(All::iterator it, Refusal refusal, std::string_view message) {
  refuse(take(it).request, refusal, message);
}

void Asks::refuse(RequestId request, Refusal refusal, std::string_view message) {
  const bool waits = refusal == Refusal::busy || refusal == Refusal::unavailable || refusal == Refusal::stopping;
  respond(request, {refusal, std::string(message), waits ? std::optional(config_.retry_after) : std::nullopt});
}

void Asks::respond(RequestId request, const RefusalReply& reply) {
  ++stats_.refusals.at(static_cast<std::size_t>(reply.refusal));
  actions_.push_back(broker::Respond{.request = request,
                                     .status = signal::http_status(reply.refusal),
                                     .body = signal::refusal_json(reply.refusal, reply.message),
                                     .retry_after = reply.retry_after});
}

void Asks::cancel(std::uint64_t id, const Ask& ask) {
  actions_.push_back(SendQuestion{ask.server, 0, write_question(CancelQuestion{config_.self, id})});
}

void Asks::abandoned(RequestId request) {
  const auto found = by_request_.find(request);
  if (found == by_request_.end()) return;
  ++stats_.abandoned;
  const auto it = asks_.find(found->second);
  const auto id = it->first.value();
  cancel(id, take(it));
}

void Asks::reply(Timestamp now, std::uint64_t id, std::string_view text) {
  const auto it = asks_.find(AskId(id));
  if (it == asks_.end()) {
    ++stats_.late_replies;
    return;
  }
  auto reply = parse_reply(text, config_.limits);
  if (!reply || reply->id != id) {
    ++stats_.bad_replies;
    return finish(it, Refusal::robot_left, "The other server's reply could not be used. Try again.");
  }
  Ask ask = take(it);
  if (auto* answer = std::get_if<signal::Answer>(&reply->content)) {
    ++stats_.answered;
    actions_.push_back(broker::Respond{.request = ask.request, .body = signal::write_answer(*answer)});
    return;
  }
  const auto& refusal = std::get<RefusalReply>(reply->content);
  const auto* known = roster_.elsewhere(ask.robot);
  if (is_offline(refusal.refusal) && !ask.was_resent && known && known->entry.server != ask.server) {
    ++stats_.moved;
    ask.server = known->entry.server;
    ask.was_resent = true;
    return send(now, std::move(ask));
  }
  ++stats_.answered;
  respond(ask.request, refusal);
}

std::string Asks::nobody_there(std::uint64_t id) {
  if (auto probe = probes_.extract(id); !probe.empty()) {
    ++stats_.nobody_there;
    return probe.mapped();
  }
  const auto it = asks_.find(AskId(id));
  if (it == asks_.end()) return {};
  ++stats_.nobody_there;
  const Ask ask = take(it);
  refuse(ask.request, nobody(ask.robot));  // no server received it
  return ask.server;
}

void Asks::server_gone(const std::string& server) {
  std::vector<AskId> ids;
  for (const auto& [id, ask] : asks_) {
    if (ask.server == server) ids.push_back(id);
  }
  for (const auto id : ids) {
    finish(asks_.find(id), Refusal::robot_left, "The robot's server went away before it could answer. Try again now.");
  }
}

void Asks::link_down() {
  while (!asks_.empty()) finish(asks_.begin(), Refusal::unavailable);
  probes_.clear();
  probe_at_ = kNever;
}

void Asks::stop() {
  while (!asks_.empty()) {
    const auto it = asks_.begin();
    cancel(it->first.value(), it->second);
    finish(it, Refusal::stopping);
  }
}

void Asks::handle_timeout(Timestamp now) {
  while (const auto id = deadlines_.take_due(now)) {
    ++stats_.timeouts;
    const Ask ask = take(asks_.find(*id));
    cancel(id->value(), ask);
    refuse(ask.request, Refusal::robot_timeout);
  }
  if (probe_at_ <= now) probe(now);
}

void Asks::probe(Timestamp now) {
  probes_.clear();
  std::set<std::string> servers;
  for (const auto& [id, ask] : asks_) servers.insert(ask.server);
  for (const auto& server : servers) {
    const std::uint64_t id = ++last_id_;
    probes_.emplace(id, server);
    actions_.push_back(SendQuestion{server, id, write_question(Probe{})});
  }
  probe_at_ = servers.empty() ? kNever : now + config_.probe_interval;
}

Timestamp Asks::next_timeout() const { return std::min(deadlines_.next(), probe_at_); }

}  // namespace rtcbot::cluster
