#include "rtcbot-server/relay_options.hpp"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "rtcbot/access/files.hpp"

namespace rtcbot::app {
namespace {

constexpr const char* kPathGroup = "Finding a path";

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

void add_relay_options(CLI::App& app, server::RelayOptions& options) {
  app.add_option("--turn-secret", options.secret,
                 "Make credentials for the TURN servers from the secret shared with them; only as RTCBOT_TURN_SECRET")
      ->envname("RTCBOT_TURN_SECRET")
      ->group("");
  app.add_option("--turn-secret-file", options.secret_file,
                 "Make credentials for the TURN servers from the secret in this file (coturn: static-auth-secret); or "
                 "give it as RTCBOT_TURN_SECRET")
      ->group(kPathGroup);
  app.add_option_function<std::int64_t>(
         "--turn-ttl", [&options](std::int64_t seconds) { options.life = std::chrono::seconds(seconds); },
         "Seconds in which such a credential can start a connection; it expires with its owner's token at the latest. "
         "Default: 3600")
      ->check(CLI::Range(1, 604'800))
      ->group(kPathGroup);
  app.add_option_function<std::vector<std::string>>(
         "--turn-weight",
         [&options](const std::vector<std::string>& texts) {
           for (const auto& text : texts) options.weights.insert(*weight_in(text));
         },
         "HOST=N: gives out this TURN server N times as often as one without a weight; may be repeated")
      ->check(CLI::Validator(check_weight, "HOST=N"))
      ->group(kPathGroup);
  app.add_option("--turn-relays", options.relays_per_connection, "How many of several TURN servers one connection gets")
      ->check(CLI::Range(1, 16))
      ->capture_default_str()
      ->group(kPathGroup);
}

std::optional<std::string> finish_relay_options(server::RelayOptions& options) {
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
  for (const auto& [host, weight] : options.weights) {
    const bool is_known =
        std::any_of(options.turn.begin(), options.turn.end(),
                    [&, &host = host](const std::string& url) { return server::relay_host(url) == host; });
    if (!is_known) return "--turn-weight " + host + "=" + std::to_string(weight) + ": no --turn names that host";
  }
  return std::nullopt;
}

}  // namespace rtcbot::app
