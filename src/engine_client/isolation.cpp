#include "isolation.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace rtcbot::engine_client {
namespace {

/// Failures do not count beyond this, so that healing takes about an hour, not days.
constexpr int kMaxFailures = 8;

std::vector<Slot> suspects_slots(std::size_t extra_engines) {
  std::vector<Slot> slots;
  for (std::size_t i = 2; i <= extra_engines; ++i) slots.push_back(Slot{i});
  return slots;
}

}  // namespace

Isolation::Placement Isolation::place(Timestamp now, ipc::PeerId id, const std::string& party) {
  heal(now);
  if (const Duration remaining = pause_of(now, party); remaining > Duration::zero()) {
    ++stats_.refused;
    return Paused{remaining};
  }
  const auto suspect = parties_.find(party);
  const Slot slot = suspect == parties_.end() ? kSharedSlot : home_of(now, party, suspect->second);
  connections_[id] = {.party = party, .slot = slot};
  used_at_[slot] = now;
  if (slot != kSharedSlot) ++stats_.isolated;
  return slot;
}

void Isolation::set_drives(Timestamp now, ipc::PeerId id, bool drives) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || found->second.drives == drives) return;
  found->second.drives = drives;
  found->second.drove_at = now;
}

void Isolation::remove(Timestamp now, ipc::PeerId id) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || found->second.left_at) return;
  set_drives(now, id, false);
  found->second.left_at = now;
  used_at_[found->second.slot] = now;
  forget_lingering(now);
}

Isolation::Outcome Isolation::on_failure(Timestamp now, Slot slot, const std::vector<ipc::PeerId>& held) {
  heal(now);
  ++stats_.failures;
  used_at_[slot] = now;
  const auto involved = take_involved(now, slot, held);
  Outcome outcome;
  for (const auto& [name, drove] : involved) {
    if (name.empty()) continue;
    accuse(now, name, drove);
    outcome.suspects.push_back(name);
  }
  // `accuse` may have forgotten some, if there are more than the maximum.
  std::erase_if(outcome.suspects, [&](const std::string& name) { return !parties_.contains(name); });
  const bool is_certain = involved.size() == 1 && outcome.suspects.size() == 1;
  if (is_certain && parties_.at(outcome.suspects.front()).failures > 1) {
    outcome.paused = pause(now, parties_.at(outcome.suspects.front()));
  } else {
    outcome.needed = assign_homes(now, outcome.suspects);
  }
  return outcome;
}

Paused Isolation::pause(Timestamp now, Party& party) {
  const Duration length = std::min(config_.first_pause * (std::int64_t{1} << party.offences), config_.max_pause);
  party.offences = std::min(party.offences + 1, kMaxFailures);
  party.paused_until = party.clean_since = now + length;
  ++stats_.pauses;
  return {length};
}

/// Drivers first, then those with the most failures: they get the free engines.
std::vector<Slot> Isolation::assign_homes(Timestamp now, std::vector<std::string> names) {
  std::stable_sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    const Party &first = parties_.at(a), &second = parties_.at(b);
    return first.drove != second.drove ? first.drove > second.drove : first.failures > second.failures;
  });
  std::set<Slot> homes;
  for (const std::string& name : names) homes.insert(home_of(now, name, parties_.at(name)));
  homes.erase(kSharedSlot);
  return {homes.begin(), homes.end()};
}

bool Isolation::may_end(Timestamp now, Slot slot) const {
  if (slot == kSharedSlot) return false;
  const auto used = used_at_.find(slot);
  if (used != used_at_.end() && now - used->second < config_.idle_limit) return false;
  return risk_in(now, slot, {}) == 0;
}

Duration Isolation::pause_of(Timestamp now, const std::string& party) const {
  const auto found = parties_.find(party);
  if (found == parties_.end()) return Duration::zero();
  return std::max(found->second.paused_until - now, Duration::zero());
}

std::size_t Isolation::paused(Timestamp now) const {
  return static_cast<std::size_t>(std::count_if(parties_.begin(), parties_.end(),
                                                [&](const auto& each) { return each.second.paused_until > now; }));
}

void Isolation::heal(Timestamp now) {
  forget_lingering(now);
  for (auto next = parties_.begin(); next != parties_.end();) {
    Party& party = next->second;
    while (party.failures > 0 && now - party.clean_since >= config_.heal_interval) {
      --party.failures;
      party.offences = std::max(0, party.offences - 1);
      party.clean_since += config_.heal_interval;
    }
    next = party.failures == 0 ? parties_.erase(next) : std::next(next);
  }
}

void Isolation::forget_lingering(Timestamp now) {
  std::erase_if(connections_, [&](const auto& each) { return is_forgotten(now, each.second); });
  const auto lingers = [](const auto& each) { return each.second.left_at.has_value(); };
  const auto count = std::count_if(connections_.begin(), connections_.end(), lingers);
  if (static_cast<std::size_t>(count) <= config_.max_lingering) return;
  // Ids ascend: the first is the oldest.
  connections_.erase(std::find_if(connections_.begin(), connections_.end(), lingers));
}

std::map<std::string, Isolation::Drove> Isolation::take_involved(Timestamp now, Slot slot,
                                                                 const std::vector<ipc::PeerId>& held) {
  std::map<std::string, Drove> involved;
  std::erase_if(connections_, [&](const auto& each) {
    const auto& [id, connection] = each;
    const bool was_in = std::find(held.begin(), held.end(), id) != held.end();
    if (!was_in && (connection.slot != slot || !connection.left_at)) return false;
    auto& party = involved[connection.party];
    party = std::max(party, drove(now, connection));
    return true;
  });
  return involved;
}

Isolation::Drove Isolation::drove(Timestamp now, const Connection& connection) const {
  if (connection.drives) return Drove::then;
  const bool is_lately = connection.drove_at && now - *connection.drove_at < config_.drive_memory;
  return is_lately ? Drove::lately : Drove::no;
}

void Isolation::accuse(Timestamp now, const std::string& name, Drove drove) {
  if (!parties_.contains(name) && parties_.size() >= config_.max_parties) make_room(now);
  Party& party = parties_[name];
  party.failures = std::min(party.failures + 1, kMaxFailures);
  party.clean_since = now;
  party.drove = drove;
  party.home_until = {};
}

/// Forgets one party that is not connected, because strangers may come in thousands. Prefers those that were not in the
/// engine that just failed and are not paused.
void Isolation::make_room(Timestamp now) {
  std::set<std::string> connected;
  for (const auto& [id, connection] : connections_) {
    if (!connection.left_at) connected.insert(connection.party);
  }
  const auto key = [&](const auto& each) {
    const Party& party = each.second;
    return std::tuple(party.clean_since >= now, connected.contains(each.first), party.failures, party.clean_since);
  };
  parties_.erase(std::min_element(parties_.begin(), parties_.end(),
                                  [&](const auto& a, const auto& b) { return key(a) < key(b); }));
}

bool Isolation::is_in(const std::string& name, Slot slot) const {
  return std::any_of(connections_.begin(), connections_.end(), [&](const auto& each) {
    return each.second.party == name && each.second.slot == slot && !each.second.left_at;
  });
}

bool Isolation::is_forgotten(Timestamp now, const Connection& connection) const {
  return connection.left_at && now - *connection.left_at > config_.linger;
}

Slot Isolation::home_of(Timestamp now, const std::string& name, Party& party) {
  const bool is_kept = now < party.home_until || is_in(name, party.home);
  if (!is_kept || party.home == kSharedSlot) party.home = choose(now, name, party);
  party.home_until = now + config_.return_window;
  return party.home;
}

Slot Isolation::choose(Timestamp now, const std::string& name, const Party& party) const {
  if (party.drove != Drove::no && config_.extra_engines > 0 && risk_in(now, kDriverSlot, name) == 0) return kDriverSlot;
  const auto slots = suspects_slots(config_.extra_engines);
  const auto least = std::min_element(slots.begin(), slots.end(),
                                      [&](Slot a, Slot b) { return risk_in(now, a, name) < risk_in(now, b, name); });
  return least == slots.end() ? kSharedSlot : *least;
}

std::int64_t Isolation::risk_in(Timestamp now, Slot slot, const std::string& name) const {
  std::set<std::string> others;
  for (const auto& [id, connection] : connections_) {
    if (connection.slot == slot && !is_forgotten(now, connection)) others.insert(connection.party);
  }
  for (const auto& [other, party] : parties_) {
    if (party.home == slot && now < party.home_until) others.insert(other);
  }
  std::int64_t risk = 0;
  for (const std::string& other : others) risk += other == name ? 0 : weight_of(other);
  return risk;
}

/// One more failure weighs as much as four parties with one less. So parties of the same failures are distributed over
/// the engines, and kept apart from those with fewer.
std::int64_t Isolation::weight_of(const std::string& name) const {
  const auto found = parties_.find(name);
  return std::int64_t{1} << (found == parties_.end() ? 0 : 2 * found->second.failures);
}

}  // namespace rtcbot::engine_client
