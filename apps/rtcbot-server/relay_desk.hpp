#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "rtcbot/access/turn.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::app {

/// Which STUN and TURN servers there are, and how one is let in there.
struct RelayOptions {
  std::vector<std::string> stun;
  std::vector<std::string> turn;
  std::vector<std::string> weights;  ///< "HOST=N"
  std::string username;              ///< That always works, where there is no secret.
  std::string credential;
  std::string secret;               ///< Shared with the TURN servers (coturn: use-auth-secret).
  std::string secret_file;          ///< In place of it: its first line.
  std::chrono::seconds life{3600};  ///< Of a credential that is made.
  std::size_t relays_per_connection = 2;
};

void add_relay_options(CLI::App& app, RelayOptions& options);

/// What is wrong, as a sentence; reads the secret's file.
[[nodiscard]] std::optional<std::string> finish_relay_options(RelayOptions& options);

/// Whom a credential for the relays is made for.
struct RelayOwner {
  std::string label{};                              ///< For the TURN server's log and quota; not a secret.
  access::UnixTime ends = access::UnixTime::max();  ///< When the owner's own credential ends.
};

/// Gives out STUN and TURN servers, for each connection anew. Not thread-safe.
class RelayDesk {
 public:
  RelayDesk(RelayOptions options, std::uint64_t seed);

  /// Credentials end, or relays are chosen: what was given to one connection is not for the next.
  [[nodiscard]] bool is_fresh_each_time() const { return !options_.secret.empty() || !options_.weights.empty(); }
  /// Whether there is something that not everybody may read.
  [[nodiscard]] bool has_credentials() const { return !options_.turn.empty(); }
  [[nodiscard]] std::vector<signal::IceServer> stun() const;
  /// For one connection of that owner.
  [[nodiscard]] std::vector<signal::IceServer> servers(access::UnixTime now, const RelayOwner& owner);
  /// How long they are good; nothing: for ever.
  [[nodiscard]] std::optional<std::chrono::seconds> life(access::UnixTime now, const RelayOwner& owner) const;

 private:
  RelayOptions options_;
  std::vector<access::Relay> relays_;  ///< One a host.
  std::mt19937_64 random_;
};

/// `GET /api/ice-servers`: {"ice_servers": [{urls, username, credential}, …], "ttl": seconds}.
[[nodiscard]] std::string ice_servers_json(const std::vector<signal::IceServer>& servers,
                                           std::optional<std::chrono::seconds> life);

}  // namespace rtcbot::app
