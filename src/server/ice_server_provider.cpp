#include "ice_server_provider.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace rtcbot::server {

std::string relay_host(const std::string& url) {
  auto rest = url.substr(url.find(':') + 1);
  rest = rest.substr(0, rest.find('?'));
  const auto bracket = rest.find(']');
  return bracket == std::string::npos ? rest.substr(0, rest.find(':')) : rest.substr(0, bracket + 1);
}

IceServerProvider::IceServerProvider(RelayOptions options, std::uint64_t seed)
    : options_(std::move(options)), random_(seed) {
  for (const auto& url : options_.turn) {
    const auto host = relay_host(url);
    const auto is_same = [&](const access::Relay& relay) { return relay_host(relay.urls.front()) == host; };
    auto relay = std::find_if(relays_.begin(), relays_.end(), is_same);
    if (relay == relays_.end()) {
      const auto weight = options_.weights.find(host);
      relay = relays_.insert(relays_.end(), access::Relay{{}, weight == options_.weights.end() ? 1 : weight->second});
    }
    relay->urls.push_back(url);
  }
}

std::vector<signal::IceServer> IceServerProvider::stun() const {
  if (options_.stun.empty()) return {};
  return {{options_.stun, "", ""}};
}

std::vector<signal::IceServer> IceServerProvider::servers(access::UnixTime now, const RelayOwner& owner) {
  auto servers = stun();
  const auto dice = [this](std::uint64_t below) {
    return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(random_);
  };
  if (!is_fresh_each_time()) {
    if (!options_.turn.empty()) servers.push_back({options_.turn, options_.username, options_.credential});
    return servers;
  }
  for (auto& relay : access::pick_relays(relays_, options_.relays_per_connection, dice)) {
    servers.push_back(options_.secret.empty()
                          ? signal::IceServer{std::move(relay.urls), options_.username, options_.credential}
                          : access::turn_credential(std::move(relay.urls), options_.secret, owner.label,
                                                    access::turn_expiry(now, options_.life, owner.ends)));
  }
  return servers;
}

std::optional<std::chrono::seconds> IceServerProvider::life(access::UnixTime now, const RelayOwner& owner) const {
  if (options_.secret.empty()) return std::nullopt;
  return std::max(access::turn_expiry(now, options_.life, owner.ends) - now, std::chrono::seconds(0));
}

std::string ice_servers_json(const std::vector<signal::IceServer>& servers, std::optional<std::chrono::seconds> life) {
  nlohmann::ordered_json json{{"ice_servers", nlohmann::ordered_json::array()}};
  for (const auto& server : servers) {
    nlohmann::ordered_json entry{{"urls", server.urls}};
    if (!server.username.empty()) entry["username"] = server.username;
    if (!server.credential.empty()) entry["credential"] = server.credential;
    json["ice_servers"].push_back(std::move(entry));
  }
  if (life) json["ttl"] = life->count();
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace rtcbot::server
