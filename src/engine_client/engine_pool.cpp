#include "engine_pool.hpp"

#include <algorithm>
#include <utility>

#include "rtcbot/base/ascii.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::engine_client {
namespace {

/// Attempts for one offer, if engines end meanwhile.
constexpr int kMaxTries = 3;

std::string seconds_of(Duration time) {
  // Rounds up, so that a viewer that returns after that time is not refused again.
  const auto whole = std::chrono::ceil<std::chrono::seconds>(time).count();
  return std::to_string(whole) + " s";
}

/// A party's name for the log.
std::string shown(const std::string& party) {
  constexpr std::size_t kMaxBytes = 60;
  return excerpt(party, kMaxBytes);
}

std::string names_of(const std::vector<std::string>& parties) {
  constexpr std::size_t kMaxBytes = 300;
  std::string names;
  for (const std::string& party : parties) {
    if (names.size() > kMaxBytes) return names.append(", ...");
    names.append(names.empty() ? "" : ", ").append(shown(party));
  }
  return names;
}

/// The log line of a failure.
std::string note_of(const Isolation::Outcome& outcome) {
  if (!outcome.paused) {
    return "each viewer of the engine that ended gets an engine of its own: " + names_of(outcome.suspects);
  }
  return std::string("the viewer ")
      .append(names_of(outcome.suspects))
      .append(" was alone in an engine that ended, and this was not the first time; its offers are refused for ")
      .append(seconds_of(outcome.paused->remaining));
}

}  // namespace

std::shared_ptr<EnginePool> EnginePool::start(std::string program, LogSink log, const Isolation::Config& config) {
  std::shared_ptr<EnginePool> pool(new EnginePool(std::move(program), std::move(log), config));
  const std::lock_guard lock(pool->mutex_);
  pool->engine_in(kSharedSlot);
  return pool;
}

EnginePool::~EnginePool() {
  // Stops all before it waits for any, because each takes a moment to end.
  for (const auto& [slot, engine] : engines_) engine->stop();
}

const std::shared_ptr<Supervisor>& EnginePool::engine_in(Slot slot) {
  auto& engine = engines_[slot];
  if (engine) return engine;
  const auto call = [weak = weak_from_this()](auto&& what) {
    if (const auto pool = weak.lock()) what(*pool);
  };
  engine = Supervisor::start(
      program_, log_,
      {.on_failure = [call, slot](const auto& held) { call([&](EnginePool& pool) { pool.on_failure(slot, held); }); },
       .on_tick = [call, slot] { call([&](EnginePool& pool) { pool.on_tick(slot); }); }});
  if (outgoing_interface_) engine->set_outgoing_interface(*outgoing_interface_);
  return engine;
}

Result<EnginePool::Seat> EnginePool::place(const std::string& party) {
  const std::lock_guard lock(mutex_);
  const ipc::PeerId id{next_id_++};
  const auto placement = isolation_.place(runtime::now(), id, party);
  if (const auto* paused = std::get_if<Paused>(&placement)) {
    return fail(Errc::refused,
                "Connections of this viewer have ended the robot's WebRTC engine repeatedly. The robot accepts the "
                "next one in " +
                    seconds_of(paused->remaining) + "; other viewers are not affected.");
  }
  return Seat{id, engine_in(std::get<Slot>(placement))};
}

Result<EnginePool::Placed> EnginePool::make(const peer::PeerConfig& config,
                                            const std::shared_ptr<peer::PeerObserver>& observer) {
  // If the engine ends meanwhile, tries the next one, perhaps in another slot.
  for (int i = 1;; ++i) {
    auto seat = place(config.party);
    if (!seat) return fail(seat.error());
    auto made = seat->engine->make(seat->id, config, observer);
    if (made) return Placed{std::move(seat->engine), std::move(*made)};
    forget(seat->id);
    if (i == kMaxTries || made.error().code() != Errc::engine_failed) return fail(made.error());
  }
}

void EnginePool::remove(const Placed& placed) {
  placed.engine->remove(placed.connection->id());
  forget(placed.connection->id());
}

void EnginePool::forget(ipc::PeerId id) {
  const std::lock_guard lock(mutex_);
  isolation_.remove(runtime::now(), id);
}

void EnginePool::set_drives(ipc::PeerId connection, bool drives) {
  const std::lock_guard lock(mutex_);
  isolation_.set_drives(runtime::now(), connection, drives);
}

void EnginePool::on_failure(Slot slot, const std::vector<ipc::PeerId>& held) {
  const Timestamp now = runtime::now();
  Isolation::Outcome outcome;
  {
    const std::lock_guard lock(mutex_);
    outcome = isolation_.on_failure(now, slot, held);
    for (const Slot needed : outcome.needed) engine_in(needed);
  }
  if (!outcome.suspects.empty()) notes_.write(now, "failures", {LogLevel::warning, "engine", note_of(outcome)});
}

void EnginePool::on_tick(Slot slot) {
  notes_.flush(runtime::now());
  std::shared_ptr<Supervisor> idle;  // Destroyed after the lock is released, on its own thread.
  const std::lock_guard lock(mutex_);
  if (!isolation_.may_end(runtime::now(), slot)) return;
  if (const auto found = engines_.extract(slot)) idle = std::move(found.mapped());
}

std::vector<std::shared_ptr<Supervisor>> EnginePool::engines() const {
  std::vector<std::shared_ptr<Supervisor>> all;
  const std::lock_guard lock(mutex_);
  for (const auto& [slot, engine] : engines_) all.push_back(engine);
  return all;
}

void EnginePool::network_changed() {
  for (const auto& engine : engines()) engine->network_changed();
}

void EnginePool::set_outgoing_interface(const std::string& name) {
  {
    const std::lock_guard lock(mutex_);
    outgoing_interface_ = name;
  }
  for (const auto& engine : engines()) engine->set_outgoing_interface(name);
}

Duration EnginePool::pause_of(const std::string& party) const {
  const std::lock_guard lock(mutex_);
  return isolation_.pause_of(runtime::now(), party);
}

peer::EngineStats EnginePool::stats() const {
  const std::lock_guard lock(mutex_);
  const auto& counted = isolation_.stats();
  return {.processes = static_cast<int>(engines_.size()),
          .failures = counted.failures,
          .isolated = counted.isolated,
          .pauses = counted.pauses,
          .refused = counted.refused,
          .suspects = static_cast<std::int64_t>(isolation_.suspects()),
          .paused = static_cast<std::int64_t>(isolation_.paused(runtime::now()))};
}

}  // namespace rtcbot::engine_client
