#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "isolation.hpp"
#include "rtcbot/runtime/limited_log.hpp"
#include "supervisor.hpp"

namespace rtcbot::engine_client {

/// The engines of this process: one that always runs, and those that `Isolation` requests after a failure.
///
/// Thread-safe. Its lock is never held during a call of an engine.
class EnginePool : public std::enable_shared_from_this<EnginePool> {
 public:
  /// A connection and the engine that runs it.
  struct Placed {
    std::shared_ptr<Supervisor> engine;
    std::shared_ptr<RemoteConnection> connection;
  };

  /// @param program path of `rtcbot-engine`
  [[nodiscard]] static std::shared_ptr<EnginePool> start(std::string program, LogSink log,
                                                         const Isolation::Config& config = {});
  ~EnginePool();
  EnginePool(const EnginePool&) = delete;
  EnginePool& operator=(const EnginePool&) = delete;

  /// Errors: those of the engine for this configuration (bad_config), engine_failed, timeout, refused (paused).
  [[nodiscard]] Result<Placed> make(const peer::PeerConfig& config,
                                    const std::shared_ptr<peer::PeerObserver>& observer);
  void remove(const Placed& placed);
  void set_drives(ipc::PeerId connection, bool drives);

  void network_changed();
  void set_outgoing_interface(const std::string& name);

  [[nodiscard]] Duration pause_of(const std::string& party) const;
  [[nodiscard]] peer::EngineStats stats() const;

 private:
  struct Seat {
    ipc::PeerId id{};
    std::shared_ptr<Supervisor> engine;
  };

  EnginePool(std::string program, LogSink log, const Isolation::Config& config)
      : program_(std::move(program)), log_(std::move(log)), isolation_(config) {}
  [[nodiscard]] Result<Seat> place(const std::string& party);
  void forget(ipc::PeerId id);
  /// @pre the mutex is held.
  const std::shared_ptr<Supervisor>& engine_in(Slot slot);
  void on_failure(Slot slot, const std::vector<ipc::PeerId>& held);
  void on_tick(Slot slot);
  [[nodiscard]] std::vector<std::shared_ptr<Supervisor>> engines() const;

  const std::string program_;
  const LogSink log_;
  runtime::LimitedLog notes_{log_, LogLevel::warning, "engine", {.rate = {.per_second = 1.0 / 60, .burst = 10}}};
  mutable std::mutex mutex_;
  Isolation isolation_;
  std::map<Slot, std::shared_ptr<Supervisor>> engines_;
  std::optional<std::string> outgoing_interface_;
  std::uint32_t next_id_ = 1;
};

}  // namespace rtcbot::engine_client
