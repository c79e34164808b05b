#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/flow/consumer.hpp"
#include "rtcbot/net/io_thread.hpp"
#include "rtcbot/peer/peer.hpp"
#include "rtcbot/runtime/callback_thread.hpp"

namespace rtcbot {

/// The threads that all objects of one program share: they come with the first object and go with the last.
///
/// The tutorial's programs make a camera and a connection out of nothing; this is where the nothing is. It is found
/// through one weak pointer (the library's only global besides the log), so that no thread outlives its users.
/// Thread-safe.
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

  /// The WebRTC engine, started at the first call.  @throws Error internal.
  [[nodiscard]] std::shared_ptr<peer::Engine> engine();

 private:
  std::shared_ptr<net::IoThread> io_;
  std::shared_ptr<runtime::CallbackThread> callbacks_;
  std::mutex mutex_;
  std::shared_ptr<peer::Engine> engine_;
};

/// The sink that `set_log` set, or the one that prints warnings and errors.
[[nodiscard]] LogSink current_log();

}  // namespace rtcbot
