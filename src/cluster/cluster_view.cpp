#include "rtcbot/cluster/cluster_view.hpp"

#include <algorithm>

namespace rtcbot::cluster {

std::vector<signal::RobotName> ClusterView::end_snapshot() {
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

bool ClusterView::put(Timestamp now, const signal::RobotName& name, Entry entry, std::uint64_t revision) {
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

bool ClusterView::erase(const signal::RobotName& name, std::uint64_t revision) {
  const auto found = robots_.find(name);
  if (found == robots_.end() || (found->second.snapshot == snapshot_ && found->second.revision > revision))
    return false;
  robots_.erase(found);
  return true;
}

void ClusterView::know(Timestamp now, const std::string& server) {
  // An unknown server may have written the entry before this server started, so it gets a liveness_timeout to send a
  // heartbeat.
  if (server == config_.self || alive_.contains(server) || gone_.contains(server)) return;
  if (alive_.size() < config_.max_servers) alive_[server] = now + config_.liveness_timeout;
}

bool ClusterView::heard(Timestamp now, const std::string& server) {
  if (server == config_.self) return false;
  if (!alive_.contains(server) && alive_.size() >= config_.max_servers) return false;
  alive_[server] = now + config_.liveness_timeout;
  return gone_.erase(server) > 0;
}

bool ClusterView::gone(const std::string& server) {
  if (alive_.erase(server) == 0) return false;
  if (gone_.size() >= config_.max_servers) gone_.erase(gone_.begin());
  gone_.insert(server);
  return true;
}

void ClusterView::thaw(Timestamp now) {
  is_frozen_ = false;
  for (auto& [server, until] : alive_) until = now + config_.liveness_timeout;
}

std::vector<std::string> ClusterView::take_silent(Timestamp now) {
  std::vector<std::string> silent;
  if (is_frozen_) return silent;
  for (const auto& [server, until] : alive_) {
    if (until <= now) silent.push_back(server);
  }
  for (const auto& server : silent) gone(server);
  return silent;
}

Timestamp ClusterView::next_timeout() const {
  Timestamp next = kNever;
  if (is_frozen_) return next;
  for (const auto& [server, until] : alive_) next = std::min(next, until);
  return next;
}

bool ClusterView::is_alive(const std::string& server) const {
  return server == config_.self || alive_.contains(server);
}

const ClusterView::Known* ClusterView::find(const signal::RobotName& name) const {
  const auto found = robots_.find(name);
  return found == robots_.end() ? nullptr : &found->second;
}

const ClusterView::Known* ClusterView::elsewhere(const signal::RobotName& name) const {
  const Known* known = find(name);
  const bool is_there = known && known->entry.online && known->entry.server != config_.self;
  return is_there && is_alive(known->entry.server) ? known : nullptr;
}

std::vector<signal::RobotName> ClusterView::robots_of(const std::string& server) const {
  std::vector<signal::RobotName> names;
  for (const auto& [name, known] : robots_) {
    if (known.entry.server == server && known.entry.online) names.push_back(name);
  }
  return names;
}

std::size_t ClusterView::servers() const { return alive_.size(); }

}  // namespace rtcbot::cluster
