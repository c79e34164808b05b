#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "peer_log.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/device/network_watch.hpp"
#include "rtcbot/flow/consumer.hpp"
#include "rtcbot/net/io_thread.hpp"
#include "rtcbot/peer/peer.hpp"
#include "rtcbot/runtime/callback_thread.hpp"

namespace rtcbot {

/// The threads that all objects of one program share. They start with the first object and end with the last.
///
/// Programs create cameras and connections without a context argument, so the context is found through one weak pointer
/// (the library's only global besides the log). Weak, so that no thread outlives its users. Thread-safe.
class Context {
 public:
  [[nodiscard]] static std::shared_ptr<Context> get();

  Context();
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  [[nodiscard]] const std::shared_ptr<net::IoThread>& io() const { return io_; }

  /// The callback thread. The executor does not keep the thread alive.
  [[nodiscard]] Executor executor() const;

  [[nodiscard]] bool is_callback_thread() const { return callbacks_->is_current(); }

  /// The WebRTC engine, started at the first call.  @throws Error internal.
  [[nodiscard]] std::shared_ptr<peer::Engine> engine();

  /// For lines that peers can cause.
  [[nodiscard]] const std::shared_ptr<PeerLog>& peer_log() const { return peer_log_; }
  /// For a log of the same kind with its own limits.
  [[nodiscard]] PeerLog::Parts peer_log_parts() const;

  /// Calls `listener` when this machine's addresses or routes have changed, until the returned handle is destroyed. A
  /// call in progress at that moment still completes. Runs on the network watch's thread; `listener` must not own
  /// anything of this context.
  [[nodiscard]] std::shared_ptr<void> on_network_change(std::function<void()> listener);

 private:
  /// @pre the mutex is held.
  void watch_network();
  void tell_network_change();

  std::shared_ptr<net::IoThread> io_;
  std::shared_ptr<runtime::CallbackThread> callbacks_;
  std::shared_ptr<PeerLog> peer_log_;
  std::mutex mutex_;
  std::shared_ptr<peer::Engine> engine_;
  std::vector<std::weak_ptr<std::function<void()>>> listeners_;
  std::unique_ptr<device::NetworkWatch> network_;
};

/// The sink that `set_log` set, or the one that prints warnings and errors.
[[nodiscard]] LogSink current_log();

}  // namespace rtcbot
