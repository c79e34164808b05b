// Sockets that want the name of a robot that is online, without a proof that they are the same robot.
#include <algorithm>
#include <string>
#include <utility>

#include "rtcbot/broker/broker.hpp"

namespace rtcbot::broker {

using signal::Protocol;
using signal::Refusal;

bool Broker::may_replace(const Robot& robot) const {
  const auto before = online_.find(robot.name);
  if (before == online_.end() || !robot.credential.owner.empty()) return true;
  if (robot.protocol == Protocol::legacy) return false;  // It proves nothing: it is silent until it gets an offer.
  const Robot& old = robots_.at(before->second);
  const bool is_same = !robot.instance.empty() && robot.instance == old.instance;
  return is_same || (old.protocol == Protocol::legacy && !old.has_answered);
}

void Broker::challenge(Timestamp now, SocketId socket, Robot& robot) {
  auto& challengers = challengers_[robot.name];
  if (challengers.size() >= config_.max_challengers) return refuse_challenger(socket, robot);
  const SocketId online = online_.at(robot.name);
  log(LogLevel::warning, "second", robot,
      "a second connection, from " + robot.remote + ", wants to be " + shown(robot.name) + ", which is online from " +
          robots_.at(online).remote + "; the server checks whether that one still responds");
  challengers.push_back(socket);
  robot.challenge = Robot::Challenge::asking;
  robot_deadlines_.set(socket, now + config_.alive_timeout);
  actions_.push_back(CheckAlive{online});
}

void Broker::robot_alive(Timestamp now, SocketId socket) {
  now_ = now;
  const auto found = robots_.find(socket);
  if (found == robots_.end() || !found->second.is_online) return;
  for (const SocketId each : challengers_of(found->second.name)) {
    Robot& challenger = robots_.at(each);
    if (challenger.challenge != Robot::Challenge::asking) continue;
    // Among servers that share names the one that is free next may be another one.
    if (challenger.protocol == Protocol::v1 || config_.names_are_claimed) {
      refuse_challenger(each, challenger);
      continue;
    }
    challenger.challenge = Robot::Challenge::waiting;
    robot_deadlines_.erase(each);
    log(LogLevel::warning, "waits", challenger,
        shown(challenger.name) + " responds, so the connection from " + challenger.remote +
            " waits until it leaves. If that is a robot too, give it a name of its own.");
  }
}

void Broker::refuse_challenger(SocketId socket, const Robot& robot) {
  ++stats_.refusals.at(static_cast<std::size_t>(Refusal::name_taken));
  close(socket, signal::kCloseNameTaken,
        robot.name.is_default() ? "another robot without a name is online here"
                                : "another robot is online under this name",
        Refusal::robot_left);
}

void Broker::end_challenge(SocketId socket, Robot& robot) {
  if (std::exchange(robot.challenge, Robot::Challenge::none) == Robot::Challenge::none) return;
  robot_deadlines_.erase(socket);
  const auto challengers = challengers_.find(robot.name);
  std::erase(challengers->second, socket);
  if (challengers->second.empty()) challengers_.erase(challengers);
}

std::vector<SocketId> Broker::challengers_of(const signal::RobotName& name) const {
  const auto found = challengers_.find(name);
  return found == challengers_.end() ? std::vector<SocketId>() : found->second;
}

void Broker::promote_challenger(Timestamp now, const signal::RobotName& name) {
  auto challengers = challengers_of(name);
  // A `rtcbot.v1` robot has said that it is one.
  std::stable_partition(challengers.begin(), challengers.end(),
                        [&](SocketId each) { return robots_.at(each).protocol == Protocol::v1; });
  for (const SocketId each : challengers) {
    Robot& robot = robots_.at(each);
    end_challenge(each, robot);
    take_name(now, each, robot);
    if (robots_.contains(each)) return;  // Otherwise it was refused.
  }
}

}  // namespace rtcbot::broker
