#include "rtcbot/cluster/name_registry.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::cluster {

using broker::NameDecision;
using broker::SocketId;
using signal::RobotName;

std::int64_t NameRegistry::unix_ms(Timestamp now) const {
  return config_.unix_ms_at_epoch +
         std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
}

bool NameRegistry::is_online_elsewhere(const Entry& entry) const {
  return entry.online && entry.server != config_.self && view_.is_alive(entry.server);
}

bool NameRegistry::is_same(const Entry& a, const Entry& b) {
  return a.online == b.online && a.since_ms == b.since_ms && a.viewers == b.viewers && a.camera == b.camera &&
         a.owner == b.owner;
}

std::size_t NameRegistry::unwritten() const {
  return static_cast<std::size_t>(
      std::count_if(own_.begin(), own_.end(), [](const auto& own) { return own.second.is_dirty || own.second.op; }));
}

void NameRegistry::claim(Timestamp now, SocketId socket, const RobotName& name, const std::string& owner,
                         signal::Protocol protocol) {
  if (own_.size() >= config_.max_names && !own_.contains(name)) {
    ++stats_.granted_alone;
    actions_.push_back(NameDecided{socket, NameDecision::granted});
    return;
  }
  const auto [it, is_first] = own_.try_emplace(name);
  Own& own = it->second;
  const auto* known = view_.find(name);
  const bool is_held_here = !is_first && own.entry.online;
  if ((is_held_here && own.entry.owner != owner) ||
      (!is_held_here && is_ready_ && known && is_online_elsewhere(known->entry) && known->entry.owner != owner)) {
    ++stats_.taken;
    actions_.push_back(NameDecided{socket, NameDecision::taken});
    if (is_first) own_.erase(it);
    return;
  }
  // True if the name is already registered for a robot here.
  const bool is_ours_now = is_ready_ && is_held_here && own.is_decided && own.revision != 0 && !own.op;
  if (!is_first) {
    // Closes the stale socket now: if the newer one leaves before its decision, the old one would remain without its
    // name.
    if (is_held_here && !is_ours_now) actions_.push_back(NameLost{own.socket, true});
    names_.erase(own.socket);
    due_.erase(own.socket);
    // This socket is newer than any entry that others have written meanwhile.
    if (!is_ready_) own.revision = 0;
  } else if (known && is_ready_) {
    own.revision = known->revision;
  }
  own.socket = socket;
  own.is_dirty = true;
  own.attempts = 0;
  own.standing = Standing::asking;
  own.is_decided = false;
  own.entry =
      Entry{.server = config_.self, .owner = owner, .since_ms = unix_ms(now), .online = true, .protocol = protocol};
  if (protocol == signal::Protocol::v1) own.entry.viewers = 0;
  names_[socket] = name;
  if (is_ours_now) decide(own, NameDecision::granted);
  step(now, name);
}

void NameRegistry::changed(Timestamp now, const broker::RobotChanged& change) {
  const auto named = names_.find(change.socket);
  if (named == names_.end()) return;
  const RobotName name = named->second;
  Own& own = own_.at(name);
  own.is_dirty = own.is_dirty || own.entry.online != change.is_online || own.entry.viewers != change.viewers ||
                 own.entry.camera != change.camera;
  const bool has_left = !change.is_online;
  own.entry.online = change.is_online;
  own.entry.viewers = change.viewers;
  own.entry.camera = change.camera;
  if (has_left) own.is_decided = true;  // nobody waits for the decision
  if (!own.is_dirty) return;
  const Timestamp not_before = own.written_at + config_.status_interval;
  if (has_left || now >= not_before || own.revision == 0) return step(now, name);
  due_.set(own.socket, not_before);
}

void NameRegistry::step(Timestamp now, const RobotName& name) {
  const auto it = own_.find(name);
  if (it == own_.end() || it->second.op) return;
  Own& own = it->second;
  if (!is_ready_) return grant_alone(own);
  if (!own.is_dirty) return;
  if (ops_.size() >= config_.max_in_flight) {
    if (queued_.insert(name).second) queue_.push_back(name);
    return;
  }
  due_.erase(own.socket);
  own.entry.seen_ms = unix_ms(now);
  own.is_dirty = false;
  start(own, name, StoreWrite{next_op(), key_of(name), write_entry(own.entry), own.revision});
}

void NameRegistry::start(Own& own, const RobotName& name, Action action) {
  own.op = OpId(last_op_);
  own.writing = own.socket;
  ops_.emplace(*own.op, name);
  actions_.push_back(std::move(action));
}

NameRegistry::Owns::iterator NameRegistry::finish(OpId op) {
  auto named = ops_.extract(op);
  if (named.empty()) return own_.end();
  const auto it = own_.find(named.mapped());
  if (it == own_.end() || it->second.op != op) return own_.end();
  it->second.op.reset();
  return it;
}

void NameRegistry::written(Timestamp now, OpId op, const StoreResult& result) {
  const auto it = finish(op);
  if (it != own_.end()) {
    switch (result.status) {
      case StoreResult::Status::done: stored(now, it, result.revision); break;
      case StoreResult::Status::conflict: refused(it); break;
      case StoreResult::Status::failed: failed(now, it); break;
    }
  }
  run_queue(now);
}

void NameRegistry::stored(Timestamp now, Owns::iterator it, std::uint64_t revision) {
  Own& own = it->second;
  own.revision = revision;
  own.attempts = 0;
  own.written_at = now;
  // A newer robot may have replaced the one in this entry; its entry is written next.
  if (own.writing == own.socket) {
    own.standing = Standing::registered;
    if (!own.is_decided) {
      ++stats_.granted;
      decide(own, NameDecision::granted);
    }
  }
  if (!own.entry.online && !own.is_dirty) return forget(it);
  due_.set(own.socket, now + config_.rewrite);
  const RobotName name = it->first;
  step(now, name);
  // Another server's newer entry may have arrived before this result.
  seen(now, name);
}

void NameRegistry::refused(Owns::iterator it) {
  Own& own = it->second;
  ++stats_.conflicts;
  own.is_dirty = true;
  if (++own.attempts >= config_.max_attempts && !own.is_decided) {
    decide(own, NameDecision::unknown);
    return forget(it);
  }
  start(own, it->first, StoreRead{next_op(), key_of(it->first)});
}

void NameRegistry::read(Timestamp now, OpId op, const StoreResult& result) {
  const auto it = finish(op);
  if (it != own_.end()) {
    if (result.status == StoreResult::Status::done) {
      resolve(now, it, result.entry, result.revision);
    } else {
      failed(now, it);
    }
  }
  run_queue(now);
}

void NameRegistry::failed(Timestamp now, Owns::iterator it) {
  Own& own = it->second;
  ++stats_.failures;
  own.is_dirty = true;
  grant_alone(own);
  due_.set(own.socket, now + config_.retry);
}

void NameRegistry::grant_alone(Own& own) {
  if (own.standing == Standing::asking) own.standing = Standing::alone;
  if (own.is_decided) return;
  ++stats_.granted_alone;
  decide(own, NameDecision::granted);
}

bool NameRegistry::is_older(const Own& own, const Entry& elsewhere) {
  switch (own.standing) {
    case Standing::asking: return false;
    case Standing::alone: return elsewhere.since_ms > own.entry.since_ms;
    case Standing::registered: return true;
  }
  return true;
}

void NameRegistry::resolve(Timestamp now, Owns::iterator it, const std::optional<Entry>& entry,
                           std::uint64_t revision) {
  Own& own = it->second;
  if (entry && is_online_elsewhere(*entry)) {
    const bool is_same_owner = entry->owner == own.entry.owner;
    if (!own.entry.online) return forget(it);  // our robot has left and is online elsewhere
    if (!own.is_decided && !is_same_owner) {
      ++stats_.taken;
      decide(own, NameDecision::taken);
      return forget(it);
    }
    if (!is_same_owner || is_older(own, *entry)) return lose(it, is_same_owner);
  }
  own.revision = revision;
  own.is_dirty = true;
  step(now, RobotName(it->first));
}

void NameRegistry::seen(Timestamp now, const RobotName& name) {
  const auto it = own_.find(name);
  const auto* known = view_.find(name);
  if (!is_ready_ || it == own_.end() || !known || known->entry.server == config_.self) return;
  // An operation in flight completes first; this check then runs again.
  if (!it->second.op && known->revision > it->second.revision) resolve(now, it, known->entry, known->revision);
}

void NameRegistry::store_ready(Timestamp now, bool is_new) {
  is_ready_ = true;
  std::vector<RobotName> names;
  for (const auto& [name, own] : own_) names.push_back(name);
  for (const auto& name : names) {
    const auto it = own_.find(name);
    if (is_new) forget_revision(it->second);
    if (!it->second.op) compare(now, it);
  }
}

void NameRegistry::forget_revision(Own& own) {
  own.revision = 0;
  own.is_dirty = true;
  if (own.standing == Standing::registered) own.standing = Standing::alone;
}

void NameRegistry::compare(Timestamp now, Owns::iterator it) {
  Own& own = it->second;
  const RobotName name = it->first;
  const auto* known = view_.find(name);
  if (known && known->entry.server != config_.self && known->revision != own.revision) {
    return resolve(now, it, known->entry, known->revision);
  }
  own.revision = known ? known->revision : 0;
  own.is_dirty = !known || !is_same(known->entry, own.entry);
  if (own.is_dirty) return step(now, name);
  if (!own.entry.online) return forget(it);
  own.standing = Standing::registered;
}

void NameRegistry::store_lost() {
  is_ready_ = false;
  queue_.clear();
  queued_.clear();
}

void NameRegistry::run_queue(Timestamp now) {
  while (!queue_.empty() && ops_.size() < config_.max_in_flight) {
    const RobotName name = std::move(queue_.front());
    queue_.pop_front();
    queued_.erase(name);
    step(now, name);
  }
}

void NameRegistry::decide(Own& own, NameDecision decision) {
  own.is_decided = true;
  actions_.push_back(NameDecided{own.socket, decision});
}

void NameRegistry::lose(Owns::iterator it, bool to_same_owner) {
  ++stats_.lost;
  actions_.push_back(NameLost{it->second.socket, to_same_owner});
  forget(it);
}

void NameRegistry::forget(Owns::iterator it) {
  names_.erase(it->second.socket);
  due_.erase(it->second.socket);
  own_.erase(it);
}

void NameRegistry::handle_timeout(Timestamp now) {
  while (const auto socket = due_.take_due(now)) {
    const auto named = names_.find(*socket);
    if (named == names_.end()) continue;
    const RobotName name = named->second;
    own_.at(name).is_dirty = true;
    step(now, name);
  }
}

}  // namespace rtcbot::cluster
