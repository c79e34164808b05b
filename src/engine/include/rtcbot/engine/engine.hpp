#pragma once

#include <memory>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/peer/peer.hpp"

namespace rtcbot::engine {

/// Starts libwebrtc in this process. Only `rtcbot-engine` and this room's tests do: one malformed packet may end the
/// process that calls it.  Errors: internal.
[[nodiscard]] Result<std::shared_ptr<peer::Engine>> make_engine(LogSink log);

}  // namespace rtcbot::engine
