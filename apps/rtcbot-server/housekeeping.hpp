#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/runtime/reload_signal.hpp"
#include "rtcbot/runtime/service_manager.hpp"
#include "rtcbot/runtime/stop_signal.hpp"
#include "rtcbot/signalling_server.hpp"

namespace rtcbot::app {

/// The main thread's work while the server runs: reloads files that are renewed, and reports to the service manager
/// that the I/O thread still responds.
class Housekeeping {
 public:
  struct Parts {
    SignallingServer* server;
    const runtime::ServiceManager* manager;
    LogSink log;
  };
  explicit Housekeeping(Parts parts) : parts_(std::move(parts)) {}

  /// Calls `read` (main thread) when one of `files` has changed, and on SIGHUP. Logs a failure and tries again after
  /// the next change. After the first call SIGHUP no longer ends the program.
  void watch(std::string what, std::vector<std::string> files, std::function<Result<void>()> read);

  /// Runs until the program is asked to stop.
  void run(const runtime::StopSignal& stop);

 private:
  struct Watched {
    std::string what;
    std::vector<std::string> files;
    std::function<Result<void>()> read;
    std::string stamp;  ///< The files' state when they were last read.
  };
  void look_after(Watched& watched, bool is_asked);
  void feed_watchdog();

  Parts parts_;
  std::vector<Watched> watched_;
  std::unique_ptr<runtime::ReloadSignal> reload_;
  std::shared_ptr<std::atomic<bool>> answered_ = std::make_shared<std::atomic<bool>>(true);
};

}  // namespace rtcbot::app
