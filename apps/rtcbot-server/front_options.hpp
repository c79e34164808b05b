#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "rtcbot-server/signalling_server.hpp"

namespace rtcbot::app {

/// The flags of the server's outside: TLS, proxies, limits.
struct FrontOptions {
  net::TlsFiles tls;
  std::uint16_t redirect_port = 0;  ///< 0: none.
  bool behind_proxy = false;
  std::vector<std::string> proxies;  ///< Empty: this machine.
  std::size_t max_connections = 20'000;
  std::size_t max_pending = 1000;
  std::vector<std::string> hosts;      ///< Names by which people reach this server.
  std::vector<std::string> origins;    ///< As they were given.
  std::vector<std::string> ancestors;  ///< Likewise.
  TokenBucket::Rate robot_rate{.per_second = 100, .burst = 500};

  /// Bytes between strangers and this machine cannot be read on the way.
  [[nodiscard]] bool is_encrypted() const { return behind_proxy || !tls.certificate.empty(); }
};

void add_front_options(CLI::App& app, FrontOptions& options);

/// Puts them where the server finds them.  Errors: bad_config.
[[nodiscard]] Result<void> apply_front_options(const FrontOptions& options, SignallingOptions& server);

/// Lets this process have as many file descriptors as the system permits.  Returns: how many.
std::size_t raise_descriptor_limit();

}  // namespace rtcbot::app
