#include "rtcbot/broker/robot_directory.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::broker {

RobotDirectory::RobotDirectory() : RobotDirectory(Config{}) {}

void RobotDirectory::changed(Timestamp now, const RobotChanged& robot) {
  const auto known = entries_.find(robot.name);
  if (robot.is_replaced) return;  // The newer socket's change follows immediately.
  if (!robot.is_online && (known == entries_.end() || known->second.last.socket != robot.socket)) return;
  Entry& entry = known == entries_.end() ? entries_[robot.name] : known->second;
  if (known != entries_.end()) remove_offline(entry);
  const bool is_same = entry.last.socket == robot.socket && entry.last.is_online == robot.is_online;
  if (!is_same) entry.since = now;
  entry.last = robot;
  if (robot.is_online) return;
  entry.last.viewers.reset();
  entry.last.camera.clear();
  add_offline(entry);
}

void RobotDirectory::add_offline(const Entry& entry) {
  offline_.emplace(entry.since, entry.last.name);
  const std::string address = entry.last.address;
  if (!address.empty()) {
    auto& own = offline_of_address_[address];
    own.emplace(entry.since, entry.last.name);
    const bool is_over = config_.max_offline_per_address != 0 && own.size() > config_.max_offline_per_address;
    if (is_over) forget(signal::RobotName(own.begin()->second));
  }
  while (offline_.size() > config_.max_offline) forget(offline_.begin()->second);
}

void RobotDirectory::remove_offline(const Entry& entry) {
  offline_.erase({entry.since, entry.last.name});
  const auto own = offline_of_address_.find(entry.last.address);
  if (own == offline_of_address_.end()) return;
  own->second.erase({entry.since, entry.last.name});
  if (own->second.empty()) offline_of_address_.erase(own);
}

void RobotDirectory::took(Timestamp now, const RobotSnapshot& snapshot) {
  const auto found = entries_.find(snapshot.name);
  if (found == entries_.end() || !found->second.last.is_online || config_.max_snapshots == 0) return;
  drop_snapshot(found->second);
  while (snapshots_.size() >= config_.max_snapshots) drop_snapshot(entries_.at(snapshots_.begin()->second));
  found->second.snapshot_number = ++last_snapshot_;
  found->second.snapshot_at = now;
  found->second.jpeg = snapshot.jpeg;
  snapshots_.emplace(now, snapshot.name);
}

void RobotDirectory::drop_snapshot(Entry& entry) {
  if (entry.snapshot_number == 0) return;
  snapshots_.erase({entry.snapshot_at, entry.last.name});
  entry.snapshot_number = 0;
  entry.jpeg = std::string();
}

void RobotDirectory::forget(const signal::RobotName& name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return;
  forgotten_.push_back(found->first);
  drop_snapshot(found->second);
  remove_offline(found->second);
  entries_.erase(found);
}

void RobotDirectory::handle_timeout(Timestamp now) {
  while (!offline_.empty() && now - offline_.begin()->first >= config_.offline_for) forget(offline_.begin()->second);
  while (!snapshots_.empty() && now - snapshots_.begin()->first >= config_.snapshot_for) {
    drop_snapshot(entries_.at(snapshots_.begin()->second));
  }
}

Timestamp RobotDirectory::next_timeout() const {
  const auto forgets = offline_.empty() ? kNever : offline_.begin()->first + config_.offline_for;
  const auto drops = snapshots_.empty() ? kNever : snapshots_.begin()->first + config_.snapshot_for;
  return std::min<Timestamp>(forgets, drops);
}

signal::Presence RobotDirectory::presence(Timestamp now, const signal::RobotName& name) const {
  signal::Presence presence;
  presence.name = name.text();
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    presence.forgotten = true;
    return presence;
  }
  const RobotChanged& last = found->second.last;
  presence.online = last.is_online;
  presence.for_time =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::max(now - found->second.since, Duration(0)));
  presence.viewers = last.viewers;
  presence.camera = last.camera;
  presence.protocol = last.protocol;
  presence.trickle = last.is_online && last.trickle;
  if (found->second.snapshot_number != 0) presence.snapshot = found->second.snapshot_number;
  return presence;
}

std::vector<signal::RobotName> RobotDirectory::names() const {
  std::vector<signal::RobotName> names;
  names.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

const std::string* RobotDirectory::snapshot(const signal::RobotName& name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() || found->second.snapshot_number == 0 ? nullptr : &found->second.jpeg;
}

bool RobotDirectory::knows_a_named_one() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const auto& entry) { return !entry.first.is_default(); });
}

std::vector<signal::RobotName> RobotDirectory::take_forgotten() { return std::exchange(forgotten_, {}); }

}  // namespace rtcbot::broker
