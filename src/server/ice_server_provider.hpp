#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "rtcbot/access/turn.hpp"
#include "rtcbot/server/relay_host.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::server {

/// The STUN and TURN servers, and their credentials.
struct RelayOptions {
  std::vector<std::string> stun{};
  std::vector<std::string> turn{};
  std::map<std::string, int> weights{};  ///< By host, 1 to 1000; 1 where it is missing.
  std::string username{};                ///< A permanent one, if there is no secret.
  std::string credential{};
  std::string secret{};             ///< Shared with the TURN servers (coturn: use-auth-secret).
  std::chrono::seconds life{3600};  ///< Of a generated credential.
  std::size_t relays_per_connection = 2;
};

/// The owner of a credential for the relays.
struct RelayOwner {
  std::string label{};                              ///< For the TURN server's log and quota; not a secret.
  access::UnixTime ends = access::UnixTime::max();  ///< When the owner's own credential ends.
};

/// Provides STUN and TURN servers, new ones for each connection. Not thread-safe.
class IceServerProvider {
 public:
  IceServerProvider(RelayOptions options, std::uint64_t seed);

  /// True if credentials expire or relays are chosen, so that each connection needs its own servers.
  [[nodiscard]] bool is_fresh_each_time() const { return !options_.secret.empty() || !options_.weights.empty(); }
  /// True if there are credentials, which not everybody may read.
  [[nodiscard]] bool has_credentials() const { return !options_.turn.empty(); }
  [[nodiscard]] std::vector<signal::IceServer> stun() const;
  /// For one connection of that owner.
  [[nodiscard]] std::vector<signal::IceServer> servers(access::UnixTime now, const RelayOwner& owner);
  /// How long the credentials are valid; nothing: forever.
  [[nodiscard]] std::optional<std::chrono::seconds> life(access::UnixTime now, const RelayOwner& owner) const;

 private:
  RelayOptions options_;
  std::vector<access::Relay> relays_;  ///< One for each host.
  std::mt19937_64 random_;
};

/// `GET /api/ice-servers`: {"ice_servers": [{urls, username, credential}, …], "ttl": seconds}.
[[nodiscard]] std::string ice_servers_json(const std::vector<signal::IceServer>& servers,
                                           std::optional<std::chrono::seconds> life);

}  // namespace rtcbot::server
