#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "host_lookups.hpp"
#include "remote_connection.hpp"
#include "rtcbot/base/backoff.hpp"
#include "rtcbot/engine_client/engine_client.hpp"
#include "rtcbot/ipc/messages.hpp"
#include "rtcbot/process/child.hpp"
#include "rtcbot/process/message_socket.hpp"
#include "rtcbot/runtime/limited_log.hpp"

namespace rtcbot::engine_client {

/// Keeps one engine process running: starts it, pings it regularly, ends it if it hangs or sends a message that no
/// correct engine sends, and starts the next. Handles all events of the engine on one thread.
///
/// Thread-safe. A callback on that thread may release the last reference; then the process ends a moment later.
class Supervisor {
 public:
  /// Callbacks to the owner, on the supervisor's thread, without its lock.
  struct Hooks {
    /// A process that had served has ended, with these connections. Called before the connections are notified.
    std::function<void(const std::vector<ipc::PeerId>&)> on_failure{};
    /// Called four times a second while a process runs, and occasionally otherwise. May release the supervisor.
    std::function<void()> on_tick{};
  };

  /// @param program path of `rtcbot-engine`
  [[nodiscard]] static std::shared_ptr<Supervisor> start(std::string program, LogSink log, Hooks hooks);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Creates a connection in the running engine; waits for it, or for the next one.  Errors: those of the engine for
  /// this configuration (bad_config), engine_failed, timeout.
  /// @pre `id` was never used before
  [[nodiscard]] Result<std::shared_ptr<RemoteConnection>> make(ipc::PeerId id, const peer::PeerConfig& config,
                                                               std::shared_ptr<peer::PeerObserver> observer);
  void remove(ipc::PeerId id);

  /// Ends the process. Does not wait.
  void stop();

  void network_changed();
  void set_outgoing_interface(std::string name);

 private:
  Supervisor(std::string program, LogSink log, Hooks hooks);

  /// One process, from its start to its end. Used only on the supervisor's thread, except for `connections`.
  struct Life : std::enable_shared_from_this<Life> {
    std::shared_ptr<process::MessageSocket> socket;
    bool is_ready = false;
    int unanswered = 0;  ///< Ticks since the last answer.
    std::uint64_t pings = 0;
    pid_t process = -1;
    int ticks = 0;
    std::string fault{};                                                   ///< Why this side ended it.
    std::map<ipc::PeerId, std::weak_ptr<RemoteConnection>> connections{};  ///< Guarded by `mutex_`.
  };

  void run();
  /// Runs until the process has ended. @returns true if it was ever ready.
  [[nodiscard]] bool live(process::Child child);
  void on_message(Life& life, const ipc::MessageBytes& bytes);
  void on_tick(Life& life);
  void end(Life& life, std::string fault) const;
  void bury(Life& life, const std::string& how);
  [[nodiscard]] std::shared_ptr<RemoteConnection> find(Life& life, ipc::PeerId id);

  void handle(Life& life, const ipc::Ready& event);
  void handle(Life& life, const ipc::Pong& event);
  void handle(Life& life, const ipc::Resolve& event);
  void handle(Life& life, const ipc::Log& event);
  template <class Event>
  void handle(Life& life, const Event& event);

  [[nodiscard]] std::shared_ptr<Life> wait_ready();
  void log(LogLevel level, const std::string& sentence) const;
  void flush_logs();

  const std::string program_;
  const LogSink log_;
  const Hooks hooks_;
  HostLookups lookups_;
  // Used only by the supervisor's thread.
  /// The wait before the engine is started again. An engine that has served is replaced immediately, because a driver
  /// waits for it. An engine that ends before it is ready will probably do so again.
  Backoff backoff_{{.first = std::chrono::milliseconds(100),
                    .longest = std::chrono::milliseconds(5'000),
                    .jitter = Backoff::Jitter::none}};
  runtime::LimitedLog ends_log_{log_, LogLevel::warning, "engine", {.rate = {.per_second = 1.0 / 60, .burst = 10}}};
  /// The engine's own log lines: warnings and errors, and all others.
  runtime::LimitedLog lines_log_{log_, LogLevel::warning, "engine", {.rate = {.per_second = 1, .burst = 20}}};
  runtime::LimitedLog details_log_{log_, LogLevel::debug, "engine", {.rate = {.per_second = 20, .burst = 20}}};

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::shared_ptr<Life> life_;                        ///< Null while no process is ready.
  std::shared_ptr<process::MessageSocket> starting_;  ///< Of a process that may not be ready yet.
  std::optional<std::string> outgoing_interface_;

  std::thread thread_;
};

}  // namespace rtcbot::engine_client
