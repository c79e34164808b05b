#include "public_options.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace rtcbot::server {
namespace {

using Options = SignallingServer::Options;
using Role = SignallingServer::Role;

tl::unexpected<Error> wrong(const std::string& sentence) { return fail(Errc::bad_config, sentence); }

std::string machine_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

access::Role role_of(Role role) {
  switch (role) {
    case Role::robot: return access::Role::robot;
    case Role::watch: return access::Role::watch;
    case Role::drive: return access::Role::drive;
    case Role::admin: return access::Role::admin;
  }
  return access::Role::watch;
}

Role role_of(access::Role role) {
  switch (role) {
    case access::Role::robot: return Role::robot;
    case access::Role::watch: return Role::watch;
    case access::Role::drive: return Role::drive;
    case access::Role::admin: return Role::admin;
  }
  return Role::watch;
}

Result<std::vector<access::RobotPattern>> patterns_of(const std::vector<std::string>& texts) {
  if (texts.size() > access::Credential::kMaxPatterns) return wrong("a role holds for at most 32 patterns of robots");
  std::vector<access::RobotPattern> patterns;
  for (const auto& text : texts) {
    auto pattern = access::RobotPattern::parse(text);
    if (!pattern) return wrong("'" + text + "' selects no robots: " + pattern.error().what());
    patterns.push_back(std::move(*pattern));
  }
  return patterns;
}

/// A rate and a burst that a token bucket can have.
bool is_rate(double per_second, double burst) {
  return std::isfinite(per_second) && std::isfinite(burst) && per_second > 0 && burst >= 1;
}

Result<void> check_limits(const SignallingServer::Limits& limits) {
  if (!is_rate(limits.offers_per_second, limits.offers_burst) ||
      !is_rate(limits.robot_messages_per_second, limits.robot_messages_burst)) {
    return wrong("limits: a rate is above 0 per second, and its burst at least 1");
  }
  if (limits.robot_timeout < std::chrono::milliseconds(100) || limits.robot_timeout > std::chrono::seconds(25)) {
    return wrong("limits.robot_timeout is 0.1 to 25 seconds");
  }
  if (limits.connections == 0 || limits.robots == 0 || limits.pages_per_address == 0) {
    return wrong("limits: connections, robots and pages_per_address are at least 1");
  }
  return {};
}

Result<AuthOptions> auth_options(const Options& options) {
  const auto& given = options.credentials;
  AuthOptions auth{.secret_file = given.secret_file,
                   .secret_text = given.secret_text,
                   .revocation_file = given.revocation_file,
                   .robot_token = given.robot_token,
                   .user_header = given.user_header,
                   .user_role = role_of(given.user_role),
                   .metrics_open = given.open_metrics};
  if (auth.user_header.empty()) return auth;
  if (options.trusted_proxies.empty()) {
    return wrong("credentials.user_header requires trusted_proxies; without a proxy anybody can send that header");
  }
  if (!auth.asks_people()) return wrong("credentials.user_header also requires secret_file or secret_text");
  if (given.user_role == Role::robot) return wrong("credentials.user_role is a role of persons");
  for (auto& c : auth.user_header) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  auto robots = patterns_of(given.user_robots);
  if (!robots) return fail(robots.error());
  auth.user_robots = std::move(*robots);
  return auth;
}

Result<RelayOptions> relay_options(const SignallingServer::IceServers& given) {
  if (given.relay_only && given.turn.empty()) return wrong("ice_servers.relay_only requires a TURN server");
  if (!given.secret.empty() && given.turn.empty()) return wrong("ice_servers.secret requires a TURN server");
  if (!given.secret.empty() && !given.username.empty()) {
    return wrong("ice_servers.username is for TURN servers without a shared secret");
  }
  if (given.relays_per_connection < 1 || given.relays_per_connection > 16) {
    return wrong("ice_servers.relays_per_connection is 1 to 16");
  }
  if (given.lifetime < std::chrono::seconds(1) || given.lifetime > std::chrono::hours(7 * 24)) {
    return wrong("ice_servers.lifetime is 1 second to a week");
  }
  for (const auto& [host, weight] : given.weights) {
    const auto is_of_host = [&, &name = host](const std::string& url) { return relay_host(url) == name; };
    if (weight < 1 || weight > 1000) return wrong("ice_servers.weights: the weight of " + host + " is not 1 to 1000");
    if (std::none_of(given.turn.begin(), given.turn.end(), is_of_host)) {
      return wrong("ice_servers.weights: no TURN server has the host " + host);
    }
  }
  return RelayOptions{.stun = given.stun,
                      .turn = given.turn,
                      .weights = given.weights,
                      .username = given.username,
                      .credential = given.credential,
                      .secret = given.secret,
                      .life = given.lifetime,
                      .relays_per_connection = given.relays_per_connection};
}

Result<nats::NatsOptions> nats_options(const SignallingServer::Cluster& given) {
  for (const auto& url : given.nats) {
    if (const auto fault = nats::check_nats_url(url); !fault.empty()) return wrong("cluster.nats: " + fault);
  }
  if (given.certificate_file.empty() != given.key_file.empty()) {
    return wrong("cluster.certificate_file and cluster.key_file go together");
  }
  if (given.replicas < 1 || given.replicas > 5) return wrong("cluster.replicas is 1 to 5");
  return nats::NatsOptions{.urls = given.nats,
                           .prefix = given.prefix,
                           .credentials_file = given.credentials_file,
                           .user = given.user,
                           .password = given.password,
                           .token = given.token,
                           .ca_file = given.ca_file,
                           .certificate_file = given.certificate_file,
                           .key_file = given.key_file,
                           .replicas = given.replicas};
}

ListAtRoot list_of(SignallingServer::List list) {
  switch (list) {
    case SignallingServer::List::automatic: return ListAtRoot::automatic;
    case SignallingServer::List::always: return ListAtRoot::always;
    case SignallingServer::List::never: return ListAtRoot::never;
  }
  return ListAtRoot::automatic;
}

/// The limits, and what needs no check.
void copy_limits(const Options& options, ServerOptions& server) {
  const auto& limits = options.limits;
  server.http.connection_limit = limits.connections;
  server.http.pending_per_address = limits.pending_per_address;
  server.broker.max_robots = limits.robots;
  server.broker.max_robots_per_address = limits.robots_per_address;
  server.broker.robot_timeout = limits.robot_timeout;
  server.broker.server_version = RTCBOT_VERSION;
  server.rate.per_second = limits.offers_per_second;
  server.rate.burst = limits.offers_burst;
  server.robot_rate = {.per_second = limits.robot_messages_per_second, .burst = limits.robot_messages_burst};
  server.pages.directory.max_offline = limits.remembered_robots;
  server.pages.directory.max_offline_per_address = limits.robots_per_address;
  server.pages.pages.max_pages = limits.pages;
  server.pages.pages.max_pages_per_address = limits.pages_per_address;
  server.pages.list = list_of(options.list);
}

Result<void> copy_front(const Options& options, ServerOptions& server) {
  if (options.tls.certificate.empty() != options.tls.key.empty()) {
    return wrong("tls.certificate and tls.key go together");
  }
  if (options.tls.redirect_port != 0 && options.tls.certificate.empty()) {
    return wrong("tls.redirect_port requires tls.certificate");
  }
  auto origins = AllowedOrigins::parse(options.allowed_origins);
  if (!origins) return fail(origins.error());
  auto ancestors = FrameAncestors::parse(options.frame_ancestors);
  if (!ancestors) return fail(ancestors.error());
  server.allowed_origins = std::move(*origins);
  server.frame_ancestors = std::move(*ancestors);
  server.hosts = options.hosts;
  server.hosts.push_back(machine_name());
  server.only_secure = options.only_secure;
  server.listen = options.listen;
  server.http.address = options.address;
  server.http.port = options.port;
  server.http.listening_descriptor = options.listening_descriptor;
  server.http.tls = {.certificate = options.tls.certificate, .key = options.tls.key};
  server.http.trusted_proxies = options.trusted_proxies;
  server.page = options.page;
  server.relay_only = options.ice_servers.relay_only;
  return {};
}

}  // namespace

Result<ServerOptions> server_options(const Options& options) {
  if (auto checked = check_limits(options.limits); !checked) return fail(checked.error());
  ServerOptions server;
  copy_limits(options, server);
  if (auto copied = copy_front(options, server); !copied) return fail(copied.error());
  auto auth = auth_options(options);
  if (!auth) return fail(auth.error());
  server.authenticator = std::move(*auth);
  auto relays = relay_options(options.ice_servers);
  if (!relays) return fail(relays.error());
  server.relays = std::move(*relays);
  auto nats = nats_options(options.cluster);
  if (!nats) return fail(nats.error());
  server.nats = std::move(*nats);
  return server;
}

Result<access::Credential> credential_of(const SignallingServer::Identity& identity) {
  auto robots = patterns_of(identity.robots);
  if (!robots) return fail(robots.error());
  if (!identity.owner.empty() && !access::is_label(identity.owner)) {
    return wrong("an identity's owner is 1 to 64 of A-Z a-z 0-9 _ . @ + -");
  }
  access::Credential credential;
  credential.role = role_of(identity.role);
  credential.robots = std::move(*robots);
  credential.owner = identity.owner;
  credential.expires = identity.expires;
  return credential;
}

SignallingServer::Identity identity_of(const access::Credential& credential) {
  SignallingServer::Identity identity{
      .role = role_of(credential.role), .robots = {}, .owner = credential.owner, .expires = credential.expires};
  for (const auto& pattern : credential.robots) identity.robots.push_back(pattern.text());
  return identity;
}

}  // namespace rtcbot::server
