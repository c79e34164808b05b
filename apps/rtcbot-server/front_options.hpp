#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "signalling_server.hpp"

namespace rtcbot::app {

/// Flags for TLS, proxies and limits.
struct FrontOptions {
  net::TlsFiles tls;
  std::uint16_t redirect_port = 0;  ///< 0: no redirect.
  bool behind_proxy = false;
  std::vector<std::string> proxies;  ///< Empty: this machine.
  std::size_t max_connections = 20'000;
  std::size_t max_pending = 1000;
  std::vector<std::string> hosts;      ///< Host names of this server.
  std::vector<std::string> origins;    ///< Unparsed.
  std::vector<std::string> ancestors;  ///< Unparsed.
  TokenBucket::Rate robot_rate{.per_second = 100, .burst = 500};

  /// True if clients reach this machine over an encrypted connection.
  [[nodiscard]] bool is_encrypted() const { return behind_proxy || !tls.certificate.empty(); }
};

void add_front_options(CLI::App& app, FrontOptions& options);

/// Copies them into the server's options.  Errors: bad_config.
[[nodiscard]] Result<void> apply_front_options(const FrontOptions& options, server::SignallingOptions& server);

/// Raises this process's limit of file descriptors as far as the system permits.  Returns the limit.
std::size_t raise_descriptor_limit();

}  // namespace rtcbot::app
