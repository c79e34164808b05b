// Everything besides offers and answers: candidates in both directions, status, and pictures.
#include <algorithm>
#include <utility>

#include "rtcbot/broker/broker.hpp"

namespace rtcbot::broker {

void Broker::handle(SocketId socket, Robot& robot, signal::Status status) {
  if (robot.grants != status.grants) {
    robot.grants = std::move(status.grants);
    check_grants(socket, robot);
  }
  if (robot.viewers == status.viewers && robot.camera == status.camera) return;
  robot.viewers = status.viewers;
  robot.camera = status.camera;
  if (robot.is_online) tell_change(socket, robot);
}

void Broker::check_grants() {
  std::vector<SocketId> sockets;
  for (const auto& [socket, robot] : robots_) {
    if (!robot.grants.empty()) sockets.push_back(socket);
  }
  std::sort(sockets.begin(), sockets.end());
  for (const SocketId socket : sockets) check_grants(socket, robots_.at(socket));
}

void Broker::check_grants(SocketId socket, const Robot& robot) {
  if (!config_.why_ended) return;
  for (const std::string& grant : robot.grants) {
    auto why = config_.why_ended(grant);
    if (!why) continue;
    ++stats_.permissions_ended;
    log(LogLevel::info, "ended", robot, shown(robot.name) + " has to end the viewers of credential " + grant);
    actions_.push_back(SendText{socket, write_message(signal::EndViewers{grant, std::move(*why)})});
  }
}

void Broker::handle(Timestamp now, Robot& robot, signal::Snapshot snapshot) {
  if (now < robot.next_snapshot || !robot.is_online) {
    ++stats_.snapshots_dropped;
    return;
  }
  ++stats_.snapshots;
  robot.next_snapshot = now + config_.snapshot_interval;
  actions_.push_back(RobotSnapshot{robot.name, std::move(snapshot.jpeg)});
}

void Broker::handle(Robot& robot, signal::Candidates candidates) {
  const auto found = robot.trickling.find(candidates.id);
  if (found == robot.trickling.end()) {
    stats_.candidates_dropped += static_cast<std::int64_t>(candidates.candidates.size());
    return;
  }
  auto& list = candidates.candidates;
  list.resize(count_candidates(trickles_.at(found->second).from_robot, list.size()));
  if (list.empty() && !candidates.end) return;
  actions_.push_back(RobotCandidates{found->second, std::move(list), candidates.end});
}

void Broker::page_candidates(RequestId request, std::vector<signal::Candidate> candidates, bool end) {
  const auto found = trickles_.find(request);
  if (found == trickles_.end()) {
    stats_.candidates_dropped += static_cast<std::int64_t>(candidates.size());
    return;
  }
  Trickle& trickle = found->second;
  candidates.resize(count_candidates(trickle.from_page, candidates.size()));
  if (candidates.empty() && !end) return;
  const signal::Candidates message{trickle.offer, std::move(candidates), end};
  actions_.push_back(SendText{trickle.socket, write_message(message)});
}

std::size_t Broker::count_candidates(std::size_t& passed, std::size_t more) {
  const std::size_t taken = std::min(more, config_.max_candidates_per_offer - passed);
  passed += taken;
  stats_.candidates += static_cast<std::int64_t>(taken);
  stats_.candidates_dropped += static_cast<std::int64_t>(more - taken);
  return taken;
}

void Broker::end_trickle(RequestId request) {
  const auto found = trickles_.find(request);
  if (found == trickles_.end()) return;
  robots_.at(found->second.socket).trickling.erase(found->second.offer);
  trickle_deadlines_.erase(request);
  trickles_.erase(found);
}

}  // namespace rtcbot::broker
