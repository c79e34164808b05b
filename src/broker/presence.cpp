// Everything besides offers and answers: candidates, status, and pictures.
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

void Broker::handle(SocketId socket, signal::Candidates message) {
  auto& list = message.candidates;
  const auto request = candidates_.from_robot({socket, message.id}, list, message.end);
  count_candidates();
  if (request) actions_.push_back(RobotCandidates{*request, std::move(list), message.end});
}

void Broker::page_candidates(RequestId request, std::vector<signal::Candidate> candidates, bool end) {
  const auto route = candidates_.from_page(request, candidates, end);
  count_candidates();
  if (!route) return;
  const signal::Candidates message{route->offer, std::move(candidates), end};
  actions_.push_back(SendText{route->robot, write_message(message)});
}

void Broker::count_candidates() {
  stats_.candidates = candidates_.stats().forwarded;
  stats_.candidates_dropped = candidates_.stats().dropped;
}

}  // namespace rtcbot::broker
