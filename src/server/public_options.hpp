#pragma once

#include <string>

#include "authenticator.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/signalling_server.hpp"
#include "server.hpp"

namespace rtcbot::server {

/// The options of the parts for the program's options, except hooks and routes. Reads this machine's name.
/// Errors: bad_config, with a sentence that names the option.
[[nodiscard]] Result<ServerOptions> server_options(const SignallingServer::Options& options);

/// The credential that a program's identity stands for.  Errors: bad_config.
[[nodiscard]] Result<access::Credential> credential_of(const SignallingServer::Identity& identity);
[[nodiscard]] SignallingServer::Identity identity_of(const access::Credential& credential);

}  // namespace rtcbot::server
