// Assignment of names: among the robots of this server, and among servers that share names.
#include <utility>

#include "rtcbot/broker/broker.hpp"

#include "rtcbot/base/counted.hpp"

namespace rtcbot::broker {

using signal::Protocol;
using signal::Refusal;

void Broker::take_name(Timestamp now, SocketId socket, Robot& robot) {
  if (robot.credential.allows && !robot.credential.allows(robot.name)) {
    ++stats_.refusals.at(static_cast<std::size_t>(Refusal::forbidden));
    return close(socket, signal::kCloseForbidden, "this credential does not allow that name", Refusal::robot_left);
  }
  robot.credential.allows = nullptr;  // The name of a robot does not change after this.
  if (is_taken(robot.name, robot.credential.owner)) return refuse_name(socket, robot);
  if (has_too_many(robot)) return refuse_address(socket, robot);
  if (!may_replace(robot)) return challenge(now, socket, robot);
  claim_name(now, socket, robot);
}

void Broker::claim_name(Timestamp now, SocketId socket, Robot& robot) {
  if (config_.names_are_claimed) {
    robot.is_claiming = true;
    robot_deadlines_.set(socket, now + config_.robot_timeout);
    actions_.push_back(ClaimName{socket, robot.name, robot.protocol, robot.credential.owner});
    return;
  }
  name_granted(socket, robot);
}

bool Broker::has_too_many(const Robot& robot) const {
  const auto& address = robot.credential.address;
  if (config_.max_robots_per_address == 0 || address.empty()) return false;
  const auto own = online_of_address_.find(address);
  if (own == online_of_address_.end() || own->second < config_.max_robots_per_address) return false;
  // A robot that connects again replaces its own stale socket.
  const auto before = online_.find(robot.name);
  return before == online_.end() || robots_.at(before->second).credential.address != address;
}

void Broker::refuse_address(SocketId socket, const Robot& robot) {
  ++stats_.robots_turned_away;
  log(LogLevel::warning, "too many", robot,
      shown(robot.name) + " from " + robot.remote + " is closed: " +
          counted(config_.max_robots_per_address, "robot of this address is", "robots of this address are") +
          " online (--robots-per-address)");
  drop(socket, Refusal::robot_left, {});
  actions_.push_back(CloseSocket{socket, 1013, "too many robots of this address; see --robots-per-address"});
}

void Broker::name_granted(SocketId socket, Robot& robot) {
  go_online(socket, robot);
  if (robot.protocol != Protocol::v1) return;
  const signal::Welcome welcome{signal::kVersion,
                                config_.server_version,
                                config_.ice_servers,
                                {std::string(signal::kFeatureTrickle), std::string(signal::kFeatureSnapshot)}};
  actions_.push_back(SendText{socket, write_message(welcome)});
}

void Broker::name_decided(Timestamp now, SocketId socket, NameDecision decision) {
  now_ = now;
  const auto found = robots_.find(socket);
  if (found == robots_.end() || !std::exchange(found->second.is_claiming, false)) return;
  robot_deadlines_.erase(socket);
  switch (decision) {
    case NameDecision::granted: return name_granted(socket, found->second);
    case NameDecision::taken:
      ++stats_.refusals.at(static_cast<std::size_t>(Refusal::name_taken));
      return close(socket, signal::kCloseNameTaken, "a robot with another credential has this name",
                   Refusal::robot_left);
    case NameDecision::unknown:
      return close(socket, 1013, "the name could not be registered; try again", Refusal::robot_left);
  }
}

void Broker::name_lost(Timestamp now, SocketId socket, bool to_same_owner) {
  now_ = now;
  const auto found = robots_.find(socket);
  if (found == robots_.end()) return;
  if (!to_same_owner) {
    for (const SocketId each : challengers_of(found->second.name)) refuse_challenger(each, robots_.at(each));
    ++stats_.refusals.at(static_cast<std::size_t>(Refusal::name_taken));
    return close(socket, signal::kCloseNameTaken, "a robot with another credential has this name", Refusal::robot_left);
  }
  ++stats_.robots_replaced;
  for (const SocketId each : challengers_of(found->second.name)) refuse_challenger(each, robots_.at(each));
  drop(socket, Refusal::robot_left, "The robot reconnected at another server. Try again now.");
  actions_.push_back(
      CloseSocket{socket, signal::kCloseReplaced, "replaced: this robot has connected to another server"});
}

}  // namespace rtcbot::broker
