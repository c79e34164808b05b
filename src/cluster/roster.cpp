#include "rtcbot/cluster/roster.hpp"

#include <algorithm>

namespace rtcbot::cluster {

std::vector<signal::RobotName> Roster::end_snapshot() {
  std::vector<signal::RobotName> dropped;
  for (auto it = robots_.begin(); it != robots_.end();) {
    if (it->second.snapshot == snapshot_) {
      ++it;
      continue;
    }
    dropped.push_back(it->first);
    it = robots_.erase(it);
  }
  return dropped;
}

bool Roster::put(Timestamp now, const signal::RobotName& name, Entry entry, std::uint64_t revision) {
  const auto found = robots_.find(name);
  if (found == robots_.end() && robots_.size() >= config_.max_robots) {
    ++ignored_;
    return false;
  }
  if (found != robots_.end() && found->second.snapshot == snapshot_ && found->second.revision >= revision) return false;
  know(now, entry.server);
  Known& known = robots_[name];
  const bool is_news = known.entry != entry;
  known = Known{std::move(entry), revision, snapshot_};
  return is_news;
}

bool Roster::erase(const signal::RobotName& name, std::uint64_t revision) {
  const auto found = robots_.find(name);
  if (found == robots_.end() || (found->second.snapshot == snapshot_ && found->second.revision > revision))
    return false;
  robots_.erase(found);
  return true;
}

void Roster::know(Timestamp now, const std::string& server) {
  // An unknown server may have written the entry before this server started, so it gets a lease to send a heartbeat.
  if (server == config_.self || alive_.contains(server) || gone_.contains(server)) return;
  if (alive_.size() < config_.max_servers) alive_[server] = now + config_.lease;
}

bool Roster::heard(Timestamp now, const std::string& server) {
  if (server == config_.self) return false;
  if (!alive_.contains(server) && alive_.size() >= config_.max_servers) return false;
  alive_[server] = now + config_.lease;
  return gone_.erase(server) > 0;
}

bool Roster::gone(const std::string& server) {
  if (alive_.erase(server) == 0) return false;
  if (gone_.size() >= config_.max_servers) gone_.erase(gone_.begin());
  gone_.insert(server);
  return true;
}

void Roster::thaw(Timestamp now) {
  is_frozen_ = false;
  for (auto& [server, until] : alive_) until = now + config_.lease;
}

std::vector<std::string> Roster::take_silent(Timestamp now) {
  std::vector<std::string> silent;
  if (is_frozen_) return silent;
  for (const auto& [server, until] : alive_) {
    if (until <= now) silent.push_back(server);
  }
  for (const auto& server : silent) gone(server);
  return silent;
}

Timestamp Roster::next_timeout() const {
  Timestamp next = kNever;
  if (is_frozen_) return next;
  for (const auto& [server, until] : alive_) next = std::min(next, until);
  return next;
}

bool Roster::is_alive(const std::string& server) const { return server == config_.self || alive_.contains(server); }

const Roster::Known* Roster::find(const signal::RobotName& name) const {
  const auto found = robots_.find(name);
  return found == robots_.end() ? nullptr : &found->second;
}

const Roster::Known* Roster::elsewhere(const signal::RobotName& name) const {
  const Known* known = find(name);
  const bool is_there = known && known->entry.online && known->entry.server != config_.self;
  return is_there && is_alive(known->entry.server) ? known : nullptr;
}

std::vector<signal::RobotName> Roster::robots_of(const std::string& server) const {
  std::vector<signal::RobotName> names;
  for (const auto& [name, known] : robots_) {
    if (known.entry.server == server && known.entry.online) names.push_back(name);
  }
  return names;
}

std::size_t Roster::servers() const { return alive_.size(); }

}  // namespace rtcbot::cluster
