#include "rtcbot/broker/broker.hpp"

#include <algorithm>
#include <utility>

#include "rtcbot/signal/description.hpp"
#include "rtcbot/signal/sdp.hpp"

namespace rtcbot::broker {
namespace {

using signal::Protocol;
using signal::Refusal;

}  // namespace

std::string Broker::shown(const signal::RobotName& name) {
  return name.is_default() ? "the robot" : "robot " + name.text();
}

void Broker::robot_connected(Timestamp now, RobotSocket accepted) {
  now_ = now;
  const SocketId socket = accepted.id;
  if (robots_.contains(socket)) return;
  if (stopping_ || robots_.size() >= config_.max_robots) {
    ++stats_.robots_turned_away;
    actions_.push_back(stopping_ ? CloseSocket{socket, 1012, "the server is stopping"}
                                 : CloseSocket{socket, 1013, "too many robots; try again later"});
    return;
  }
  ++stats_.robots_connected;
  Robot& robot = robots_[socket];
  robot.name = std::move(accepted.name);
  robot.protocol = accepted.protocol;
  robot.remote = std::move(accepted.remote);
  robot.credential = std::move(accepted.credential);
  robot.connected_at = now;
  if (robot.protocol == Protocol::legacy) return take_name(now, socket, robot);
  robot_deadlines_.set(socket, now + config_.robot_timeout);  // for its hello
}

bool Broker::is_taken(const signal::RobotName& name, std::string_view owner) const {
  const auto online = online_.find(name);
  return online != online_.end() && robots_.at(online->second).credential.owner != owner;
}

void Broker::refuse_name(SocketId socket, const Robot& robot) {
  ++stats_.refusals.at(static_cast<std::size_t>(Refusal::name_taken));
  log(LogLevel::warning, "name taken", robot,
      shown(robot.name) + " from " + robot.remote +
          " has another credential than the robot that is online under this name");
  close(socket, signal::kCloseNameTaken, "a robot with another credential has this name", Refusal::robot_left);
}

void Broker::go_online(SocketId socket, Robot& robot) {
  const auto before = online_.find(robot.name);
  if (before != online_.end()) {
    ++stats_.robots_replaced;
    log(LogLevel::warning, "replaced", robot,
        shown(robot.name) + " dialled in again from " + robot.remote +
            " while its earlier connection was still open, and replaces it. If this repeats, two robots use one "
            "name.");
    const SocketId old = before->second;
    robots_.at(old).is_replaced = true;
    drop(old, Refusal::robot_left, "The robot reconnected before it answered. Try again now.");
    actions_.push_back(CloseSocket{old, signal::kCloseReplaced, "replaced by a newer robot of the same name"});
  }
  online_[robot.name] = socket;
  robot.is_online = true;
  log(LogLevel::info, "online", robot, shown(robot.name) + " is online from " + robot.remote);
  if (!robot.credential.address.empty()) ++online_of_address_[robot.credential.address];
  tell_change(socket, robot);
  // Others that asked about the earlier robot of this name now have to ask about this one.
  for (const SocketId each : challengers_of(robot.name)) {
    if (robots_.at(each).challenge != Robot::Challenge::asking) continue;
    robot_deadlines_.set(each, now_ + config_.alive_timeout);
    actions_.push_back(CheckAlive{socket});
  }
}

void Broker::tell_change(SocketId socket, const Robot& robot) {
  actions_.push_back(RobotChanged{socket, robot.name, robot.is_online, robot.protocol, robot.viewers, robot.camera,
                                  robot.trickle, robot.is_replaced, robot.credential.address});
}

void Broker::robot_disconnected(Timestamp now, SocketId socket) {
  now_ = now;
  const auto found = robots_.find(socket);
  if (found == robots_.end()) return;
  log(LogLevel::info, "left", found->second, shown(found->second.name) + " has left");
  drop(socket, Refusal::robot_left, {});
}

void Broker::offer(Timestamp now, RequestId request, const signal::RobotName& name, std::string_view body,
                   signal::Permissions permissions) {
  if (requests_.contains(request)) return;
  Robot* robot = robot_for(request, name);
  if (robot == nullptr) return;
  auto offer = signal::parse_offer(body, config_.limits);
  ask(now, request, *robot, std::move(offer), {.permissions = std::move(permissions)});
}

void Broker::page_offer(Timestamp now, PageOffer offer) {
  const RequestId request = offer.request;
  if (requests_.contains(request) || trickles_.contains(request)) return;
  Robot* robot = robot_for(request, offer.robot);
  if (robot == nullptr) return;
  if (offer.trickle && !robot->trickle) {
    return refuse(request, Refusal::robot_left,
                  "Another robot has replaced the robot that was online here. Try again.");
  }
  auto checked = signal::check_sdp(offer.sdp, config_.limits);
  ask(now, request, *robot, checked ? Result<signal::Offer>(signal::Offer{std::move(*checked)}) : fail(checked.error()),
      {.trickle = offer.trickle, .permissions = std::move(offer.permissions)});
}

Broker::Robot* Broker::robot_for(RequestId request, const signal::RobotName& name) {
  ++stats_.offers;
  const auto online = online_.find(name);
  if (stopping_) {
    refuse(request, Refusal::stopping, {}, config_.retry_after);
  } else if (online == online_.end()) {
    refuse(request, name.is_default() ? Refusal::no_robot : Refusal::robot_offline);
  } else if (Robot& robot = robots_.at(online->second); robot.waiting.size() >= config_.max_waiting_per_robot) {
    refuse(request, Refusal::busy, {}, config_.retry_after);
  } else {
    return &robot;
  }
  return nullptr;
}

void Broker::ask(Timestamp now, RequestId request, Robot& robot, Result<signal::Offer> offer, Asked asked) {
  if (!offer) {
    const bool is_large = offer.error().code() == Errc::too_large;
    return refuse(request, is_large ? Refusal::too_large : Refusal::bad_offer, offer.error().what());
  }
  if (asked.permissions.watch_only && robot.protocol != Protocol::v1) {
    return refuse(request, Refusal::forbidden,
                  "This robot accepts messages from everybody who is connected, and you may only watch. Ask for a link "
                  "that lets you drive.");
  }
  const SocketId socket = online_.at(robot.name);
  const signal::OfferId id(++last_offer_);
  robot.waiting.emplace(id, request);
  request_deadlines_.set(request, now + config_.robot_timeout);
  Request& waiting = requests_.emplace(request, Request{socket, id, {}}).first->second;
  if (asked.trickle) {
    robot.trickling.emplace(id, request);
    trickles_.emplace(request, Trickle{socket, id});
  }
  if (robot.protocol == Protocol::v1) {
    auto servers = config_.ice_servers_of_offer ? config_.ice_servers_of_offer(socket, robot.name)
                                                : std::vector<signal::IceServer>();
    signal::OfferMessage message{id,
                                 std::move(offer->sdp),
                                 std::move(servers),
                                 asked.trickle,
                                 std::move(asked.permissions),
                                 std::move(offer->quoted)};
    actions_.push_back(SendText{socket, write_message(message)});
    return;
  }
  waiting.unsent = std::move(*offer);
  if (!robot.outstanding) send_next_in_line(now, socket, robot);
}

void Broker::send_next_in_line(Timestamp now, SocketId socket, Robot& robot) {
  if (robot.waiting.empty()) return;
  const auto [id, request] = *robot.waiting.begin();  // ids ascend, so this one is the oldest
  const signal::Offer offer = std::exchange(requests_.at(request).unsent, {});
  robot.outstanding = id;
  robot_deadlines_.set(socket, now + config_.robot_timeout);
  actions_.push_back(SendText{socket, signal::write_offer(offer)});
}

void Broker::request_abandoned(Timestamp, RequestId request) {
  const auto found = requests_.find(request);
  if (found == requests_.end()) {
    const auto answered = trickles_.find(request);
    if (answered == trickles_.end()) return;
    const auto [socket, offer, from_page, from_robot] = answered->second;
    end_trickle(request);
    // Frees the robot's seat: a viewer that is not connected yet will not connect, and the robot would notice only
    // later.
    if (robots_.at(socket).cancels_answered) {
      actions_.push_back(SendText{socket, write_message(signal::Cancel{offer})});
    }
    return;
  }
  end_trickle(request);
  ++stats_.abandoned;
  const auto [socket, offer, unsent] = found->second;
  cancel(socket, robots_.at(socket), offer);
}

void Broker::cancel(SocketId socket, Robot& robot, signal::OfferId offer) {
  take(robot, offer);
  // A legacy robot has no cancel message. If this offer is its outstanding one, its answer is discarded later.
  if (robot.protocol == Protocol::v1) actions_.push_back(SendText{socket, write_message(signal::Cancel{offer})});
}

void Broker::stop(Timestamp) {
  if (std::exchange(stopping_, true)) return;
  std::vector<SocketId> sockets;
  for (const auto& [socket, robot] : robots_) sockets.push_back(socket);
  std::sort(sockets.begin(), sockets.end());
  auto retry_after = config_.stopping_retry_after;
  for (const SocketId socket : sockets) {
    const bool is_v1 = robots_.at(socket).protocol == Protocol::v1;
    drop(socket, Refusal::stopping, {});
    if (is_v1) {
      actions_.push_back(SendText{socket, write_message(signal::Stopping{retry_after})});
      retry_after += config_.stopping_spacing;
    }
    actions_.push_back(CloseSocket{socket, 1012, "the server is stopping"});
  }
}

void Broker::handle_timeout(Timestamp now) {
  now_ = now;
  while (const auto request = request_deadlines_.take_due(now)) {
    const auto [socket, offer, unsent] = requests_.at(*request);
    cancel(socket, robots_.at(socket), offer);
    end_trickle(*request);
    refuse(*request, Refusal::robot_timeout);
  }
  while (const auto socket = robot_deadlines_.take_due(now)) {
    if (Robot& robot = robots_.at(*socket); robot.challenge == Robot::Challenge::asking) {
      end_challenge(*socket, robot);
      claim_name(now, *socket, robot);  // The robot that is online does not respond.
      continue;
    }
    const bool is_v1 = robots_.at(*socket).protocol == Protocol::v1;
    close(*socket, 1008, is_v1 ? "no hello in time" : "no answer in time", Refusal::robot_left);
  }
  while (const auto request = trickle_deadlines_.take_due(now)) end_trickle(*request);
  while (const auto summary = log_limiter_.poll_summary(now)) {
    actions_.push_back(LogRecord{LogLevel::warning, "broker", summary->text()});
  }
}

Timestamp Broker::next_timeout() const {
  return std::min(
      {request_deadlines_.next(), robot_deadlines_.next(), trickle_deadlines_.next(), log_limiter_.next_timeout()});
}

std::optional<Action> Broker::poll_action() {
  if (actions_.empty()) return std::nullopt;
  Action action = std::move(actions_.front());
  actions_.pop_front();
  return action;
}

std::vector<RobotInfo> Broker::robots(Timestamp now) const {
  std::vector<RobotInfo> list;
  for (const auto& [name, socket] : online_) {
    const Robot& robot = robots_.at(socket);
    list.push_back(RobotInfo{.name = name,
                             .protocol = robot.protocol,
                             .online_since = robot.connected_at,
                             .online_for = now - robot.connected_at,
                             .viewers = robot.viewers,
                             .camera = robot.camera,
                             .instance = robot.instance,
                             .remote = robot.remote,
                             .waiting = robot.waiting.size()});
  }
  return list;
}

}  // namespace rtcbot::broker
