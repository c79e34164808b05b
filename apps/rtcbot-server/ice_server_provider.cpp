#include "rtcbot-server/ice_server_provider.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "rtcbot/access/files.hpp"

namespace rtcbot::app {
namespace {

constexpr const char* kGroup = "Finding a path";

/// "relay.example.org" of "turns:relay.example.org:443?transport=tcp"; an IPv6 address with its brackets.
std::string host_of(const std::string& url) {
  auto rest = url.substr(url.find(':') + 1);
  rest = rest.substr(0, rest.find('?'));
  const auto bracket = rest.find(']');
  return bracket == std::string::npos ? rest.substr(0, rest.find(':')) : rest.substr(0, bracket + 1);
}

std::optional<std::pair<std::string, int>> weight_in(const std::string& text) {
  const auto equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0) return std::nullopt;
  int weight = 0;
  const auto* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + equals + 1, last, weight);
  if (error != std::errc() || end != last || weight < 1 || weight > 1000) return std::nullopt;
  return std::pair(text.substr(0, equals), weight);
}

std::string check_weight(const std::string& text) {
  return weight_in(text) ? "" : "'" + text + "' is not of the form HOST=N, with N from 1 to 1000";
}

}  // namespace

void add_relay_options(CLI::App& app, RelayOptions& options) {
  app.add_option("--turn-secret", options.secret,
                 "Make credentials for the TURN servers from the secret shared with them; only as RTCBOT_TURN_SECRET")
      ->envname("RTCBOT_TURN_SECRET")
      ->group("");
  app.add_option("--turn-secret-file", options.secret_file,
                 "Make credentials for the TURN servers from the secret in this file (coturn: static-auth-secret); or "
                 "give it as RTCBOT_TURN_SECRET")
      ->group(kGroup);
  app.add_option_function<std::int64_t>(
         "--turn-ttl", [&options](std::int64_t seconds) { options.life = std::chrono::seconds(seconds); },
         "Seconds in which such a credential can start a connection; it expires with its owner's token at the latest. "
         "Default: 3600")
      ->check(CLI::Range(1, 604'800))
      ->group(kGroup);
  app.add_option("--turn-weight", options.weights,
                 "HOST=N: gives out this TURN server N times as often as one without a weight; may be repeated")
      ->check(CLI::Validator(check_weight, "HOST=N"))
      ->group(kGroup);
  app.add_option("--turn-relays", options.relays_per_connection, "How many of several TURN servers one connection gets")
      ->check(CLI::Range(1, 16))
      ->capture_default_str()
      ->group(kGroup);
}

std::optional<std::string> finish_relay_options(RelayOptions& options) {
  if (!options.secret_file.empty()) {
    const auto text = access::read_private_file(options.secret_file);
    if (!text) return text.error().what();
    options.secret = text->substr(0, text->find_first_of("\r\n"));
    if (options.secret.empty()) return options.secret_file + " is empty; it should contain the TURN servers' secret";
  }
  if (!options.secret.empty() && options.turn.empty())
    return "a secret of TURN servers requires a TURN server: use --turn URL";
  if (!options.secret.empty() && !options.username.empty()) {
    return "--turn-username is only for TURN servers without a shared secret; remove it";
  }
  for (const auto& text : options.weights) {
    const auto host = weight_in(text)->first;
    const bool is_known = std::any_of(options.turn.begin(), options.turn.end(),
                                      [&](const std::string& url) { return host_of(url) == host; });
    if (!is_known) return "--turn-weight " + text + ": no --turn names that host";
  }
  return std::nullopt;
}

IceServerProvider::IceServerProvider(RelayOptions options, std::uint64_t seed)
    : options_(std::move(options)), random_(seed) {
  std::map<std::string, int> weights;
  for (const auto& text : options_.weights) weights.insert(*weight_in(text));
  for (const auto& url : options_.turn) {
    const auto host = host_of(url);
    const auto is_same = [&](const access::Relay& relay) { return host_of(relay.urls.front()) == host; };
    auto relay = std::find_if(relays_.begin(), relays_.end(), is_same);
    if (relay == relays_.end()) {
      const auto weight = weights.find(host);
      relay = relays_.insert(relays_.end(), access::Relay{{}, weight == weights.end() ? 1 : weight->second});
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

}  // namespace rtcbot::app
