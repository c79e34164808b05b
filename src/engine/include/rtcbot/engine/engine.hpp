#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/peer/peer.hpp"

namespace rtcbot::engine {

/// Resolves a host and calls `done` with its addresses, in order of preference, on any thread; with none if the name is
/// unknown. Must not block. Called on the engine's network thread.
using HostLookup = std::function<void(const std::string& host, std::function<void(std::vector<std::string>)> done)>;

/// libwebrtc in this process. Only `rtcbot-engine` and this room's tests use it, because a malformed packet may end the
/// process.
class LocalEngine : public peer::Engine {
 public:
  /// Starts it.  @param lookup empty: the system's resolver.  Errors: internal.
  [[nodiscard]] static Result<std::shared_ptr<LocalEngine>> create(LogSink log, HostLookup lookup = {});

  /// Calls `done` after each of the engine's threads has run a task, which shows that none hangs. Thread-safe, does not
  /// wait.
  virtual void check(std::function<void()> done) = 0;
};

}  // namespace rtcbot::engine
