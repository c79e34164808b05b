#pragma once

#include <memory>
#include <string>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/peer/peer.hpp"

namespace rtcbot::engine_client {

struct Options {
  std::string program{};  ///< Path of `rtcbot-engine`; empty: as `find_program` says.
  LogSink log{};
};

/// The path of `rtcbot-engine`: what the environment variable RTCBOT_ENGINE names, else beside this program, else where
/// it is installed.  Errors: bad_config (there is none; the sentence says where it was looked for).
[[nodiscard]] Result<std::string> find_program();

/// Starts a WebRTC engine in a process of its own. When that ends or hangs, its connections fail with
/// `Errc::engine_failed` and a new one is started. Nothing that it says is believed beyond the type and range of the
/// message: who may do what is decided by the caller. Does not wait for the process.  Errors: bad_config.
[[nodiscard]] Result<std::shared_ptr<peer::Engine>> start(Options options);

}  // namespace rtcbot::engine_client
