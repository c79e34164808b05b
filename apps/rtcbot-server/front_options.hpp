#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "rtcbot/signalling_server.hpp"

namespace rtcbot::app {

/// Flags for TLS, proxies and limits.
struct FrontOptions {
  bool behind_proxy = false;
  std::vector<std::string> proxies;  ///< Empty: this machine.

  /// True if clients reach this machine over an encrypted connection.
  [[nodiscard]] bool is_encrypted(const SignallingServer::Options& server) const {
    return behind_proxy || !server.tls.certificate.empty();
  }
};

/// Both must outlive the parsing.
void add_front_options(CLI::App& app, FrontOptions& options, SignallingServer::Options& server);

/// Copies the rest into the server's options.
void apply_front_options(const FrontOptions& options, SignallingServer::Options& server);

/// Raises this process's limit of file descriptors as far as the system permits.  Returns the limit.
std::size_t raise_descriptor_limit();

}  // namespace rtcbot::app
