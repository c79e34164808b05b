#pragma once

#include <memory>
#include <string>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/peer/peer.hpp"

namespace rtcbot::engine_client {

struct Options {
  std::string program{};  ///< Path of `rtcbot-engine`; empty: the result of `find_program`.
  LogSink log{};
};

/// The path of `rtcbot-engine`: from the environment variable RTCBOT_ENGINE, otherwise beside this program, otherwise
/// in the installation that this program is in, otherwise where the build was to be installed.  Errors: bad_config (not
/// found; the sentence lists the places).
[[nodiscard]] Result<std::string> find_program();

/// Starts a WebRTC engine in its own process. If the process ends or hangs, its connections fail with
/// `Errc::engine_failed`, and a new one is started. Its messages are checked for type and range only, and not trusted
/// otherwise: the caller decides who may do what. Does not wait for the process.  Errors: bad_config.
[[nodiscard]] Result<std::shared_ptr<peer::Engine>> start(Options options);

}  // namespace rtcbot::engine_client
