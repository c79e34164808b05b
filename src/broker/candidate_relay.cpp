#include "rtcbot/broker/candidate_relay.hpp"

#include <algorithm>

namespace rtcbot::broker {

void CandidateRelay::begin(RequestId request, Route route) {
  routes_.emplace(request, Entry{.route = route});
  by_robot_[route.robot].emplace(route.offer, request);
}

void CandidateRelay::answered(Timestamp now, RequestId request) {
  if (contains(request)) deadlines_.set(request, now + config_.after_answer);
}

std::optional<CandidateRelay::Route> CandidateRelay::end(RequestId request) {
  const auto ended = routes_.extract(request);
  if (ended.empty()) return std::nullopt;
  const Route route = ended.mapped().route;
  deadlines_.erase(request);
  const auto robot = by_robot_.find(route.robot);
  robot->second.erase(route.offer);
  if (robot->second.empty()) by_robot_.erase(robot);
  return route;
}

void CandidateRelay::robot_left(SocketId robot) {
  const auto left = by_robot_.extract(robot);
  if (left.empty()) return;
  for (const auto& [offer, request] : left.mapped()) {
    routes_.erase(request);
    deadlines_.erase(request);
  }
}

void CandidateRelay::limit(std::size_t& passed, std::vector<signal::Candidate>& candidates) {
  const std::size_t taken = std::min(candidates.size(), config_.max_per_offer - passed);
  passed += taken;
  stats_.forwarded += static_cast<std::int64_t>(taken);
  stats_.dropped += static_cast<std::int64_t>(candidates.size() - taken);
  candidates.resize(taken);
}

std::optional<CandidateRelay::Route> CandidateRelay::from_page(RequestId request,
                                                               std::vector<signal::Candidate>& candidates, bool end) {
  const auto found = routes_.find(request);
  if (found == routes_.end()) {
    stats_.dropped += static_cast<std::int64_t>(candidates.size());
    return std::nullopt;
  }
  limit(found->second.from_page, candidates);
  if (candidates.empty() && !end) return std::nullopt;
  return found->second.route;
}

std::optional<RequestId> CandidateRelay::from_robot(Route route, std::vector<signal::Candidate>& candidates, bool end) {
  const auto request = request_of(route);
  if (!request) {
    stats_.dropped += static_cast<std::int64_t>(candidates.size());
    return std::nullopt;
  }
  limit(routes_.at(*request).from_robot, candidates);
  return candidates.empty() && !end ? std::nullopt : request;
}

std::optional<RequestId> CandidateRelay::request_of(Route route) const {
  const auto robot = by_robot_.find(route.robot);
  if (robot == by_robot_.end()) return std::nullopt;
  const auto found = robot->second.find(route.offer);
  return found == robot->second.end() ? std::nullopt : std::optional(found->second);
}

void CandidateRelay::handle_timeout(Timestamp now) {
  while (const auto request = deadlines_.take_due(now)) end(*request);
}

}  // namespace rtcbot::broker
