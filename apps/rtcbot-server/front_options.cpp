#include "rtcbot-server/front_options.hpp"

#include <arpa/inet.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "common/options.hpp"
#include "rtcbot/net/host_name.hpp"

namespace rtcbot::app {
namespace {

constexpr const char* kFrontGroup = "TLS and limits";

std::string check_ip_address(const std::string& text) {
  in6_addr ignored{};
  const bool is_address =
      inet_pton(AF_INET, text.c_str(), &ignored) == 1 || inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
  return is_address ? "" : "'" + text + "' is not an IP address";
}

std::string check_host(const std::string& text) {
  return net::is_host(text) && text.find(':') == std::string::npos ? "" : "'" + text + "' is not a host's name";
}

template <class T>
std::string check_by(const std::string& text) {
  const auto parsed = T::parse({text});
  return parsed ? "" : parsed.error().what();
}

std::string machine_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

/// Adds the flags for the server's names and for pages of other origins.
void add_page_rights(CLI::App& app, FrontOptions& options) {
  app.add_option(
         "--host", options.hosts,
         "A name by which people reach this server, e.g. robots.example.org; may be repeated. Without --secret-file "
         "the server answers only at these names, at IP addresses, localhost, names in .local and this machine's name")
      ->check(CLI::Validator(check_host, "NAME"))
      ->group(kFrontGroup);
  app.add_option("--allow-origin", options.origins,
                 "A further origin whose pages may connect, e.g. https://example.org; may be repeated; '*' for all")
      ->check(CLI::Validator(check_by<server::AllowedOrigins>, "ORIGIN"))
      ->group(kFrontGroup);
  app.add_option("--frame-ancestors", options.ancestors,
                 "A site that may show this server's pages in a frame: an origin, or self; may be repeated")
      ->check(CLI::Validator(check_by<server::FrameAncestors>, "ORIGIN"))
      ->group(kFrontGroup);
}

}  // namespace

void add_front_options(CLI::App& app, FrontOptions& options) {
  auto* certificate = app.add_option("--tls-cert", options.tls.certificate,
                                     "The server's certificate and its chain (PEM); the port then speaks TLS")
                          ->check(CLI::ExistingFile)
                          ->group(kFrontGroup);
  auto* key = app.add_option("--tls-key", options.tls.key, "The certificate's private key (PEM, without a password)")
                  ->check(private_file())
                  ->group(kFrontGroup);
  certificate->needs(key);
  key->needs(certificate);
  app.add_option("--redirect-port", options.redirect_port,
                 "A port without TLS that redirects pages to the TLS port, e.g. 80")
      ->check(CLI::Range(1, 65'535))
      ->needs(certificate)
      ->group(kFrontGroup);
  auto* behind =
      app.add_flag("--behind-proxy", options.behind_proxy,
                   "A proxy on this machine (nginx, Caddy) does TLS; trusts its header fields about clients");
  behind->group(kFrontGroup);
  app.add_option("--proxy", options.proxies, "The proxy's address if it is another machine; may be repeated")
      ->check(CLI::Validator(check_ip_address, "ADDRESS"))
      ->needs(behind)
      ->group(kFrontGroup);
  add_page_rights(app, options);
  app.add_option("--max-connections", options.max_connections, "Simultaneous connections, robots included")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str()
      ->group(kFrontGroup);
  app.add_option("--max-pending", options.max_pending,
                 "Connections of one address that are neither robots nor pages' websockets; 0: no limit")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str()
      ->group(kFrontGroup);
  app.add_option("--robot-rate", options.robot_rate.per_second,
                 "Offers per second to one robot, and messages per second from it")
      ->check(CLI::Range(0.01, 1e9))
      ->capture_default_str()
      ->group(kFrontGroup);
  app.add_option("--robot-rate-burst", options.robot_rate.burst, "Offers or messages in a burst")
      ->check(CLI::Range(1.0, 1e9))
      ->capture_default_str()
      ->group(kFrontGroup);
}

Result<void> apply_front_options(const FrontOptions& options, server::SignallingOptions& server) {
  const auto origins = server::AllowedOrigins::parse(options.origins);
  if (!origins) return fail(origins.error());
  const auto ancestors = server::FrameAncestors::parse(options.ancestors);
  if (!ancestors) return fail(ancestors.error());
  server.allowed_origins = *origins;
  server.frame_ancestors = *ancestors;
  server.hosts = options.hosts;
  server.hosts.push_back(machine_name());
  server.http.tls = options.tls;
  if (options.behind_proxy) {
    server.http.trusted_proxies =
        options.proxies.empty() ? std::vector<std::string>{"127.0.0.1", "::1"} : options.proxies;
  }
  server.http.connection_limit = options.max_connections;
  server.http.pending_per_address = options.max_pending;
  server.robot_rate = options.robot_rate;
  return {};
}

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<std::size_t>(limit.rlim_cur);
}

}  // namespace rtcbot::app
