#include "rtcbot-server/front_options.hpp"

#include <arpa/inet.h>
#include <sys/resource.h>

#include "common/checks.hpp"
#include "common/options.hpp"
#include "rtcbot/net/host_name.hpp"
#include "rtcbot/server/origins.hpp"

namespace rtcbot::app {
namespace {

constexpr const char* kGroup = "TLS and limits";

std::string check_ip_address(const std::string& text) {
  in6_addr ignored{};
  const bool is_address =
      inet_pton(AF_INET, text.c_str(), &ignored) == 1 || inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
  return is_address ? "" : "'" + text + "' is not an IP address";
}

std::string check_host(const std::string& text) {
  return net::is_host(text) && text.find(':') == std::string::npos ? "" : "'" + text + "' is not a host's name";
}

/// Adds the flags for the server's names and for pages of other origins.
void add_page_rights(CLI::App& app, SignallingServer::Options& server) {
  app.add_option(
         "--host", server.hosts,
         "A name by which people reach this server, e.g. robots.example.org; may be repeated. Without --secret-file "
         "the server answers only at these names, at IP addresses, localhost, names in .local and this machine's name")
      ->check(CLI::Validator(check_host, "NAME"))
      ->group(kGroup);
  app.add_option("--allow-origin", server.allowed_origins,
                 "A further origin whose pages may connect, e.g. https://example.org; may be repeated; '*' for all")
      ->check(CLI::Validator(server::check_allowed_origin, "ORIGIN"))
      ->group(kGroup);
  app.add_option("--frame-ancestors", server.frame_ancestors,
                 "A site that may show this server's pages in a frame: an origin, or self; may be repeated")
      ->check(CLI::Validator(server::check_frame_ancestor, "ORIGIN"))
      ->group(kGroup);
}

}  // namespace

void add_front_options(CLI::App& app, FrontOptions& options, SignallingServer::Options& server) {
  auto* certificate = app.add_option("--tls-cert", server.tls.certificate,
                                     "The server's certificate and its chain (PEM); the port then speaks TLS")
                          ->check(readable_file())
                          ->group(kGroup);
  auto* key = app.add_option("--tls-key", server.tls.key, "The certificate's private key (PEM, without a password)")
                  ->check(private_file())
                  ->group(kGroup);
  certificate->needs(key);
  key->needs(certificate);
  app.add_option("--redirect-port", server.tls.redirect_port,
                 "A port without TLS that redirects pages to the TLS port, e.g. 80")
      ->check(whole_from(1, 65'535, ""))
      ->needs(certificate)
      ->group(kGroup);
  auto* behind =
      app.add_flag("--behind-proxy", options.behind_proxy,
                   "A proxy on this machine (nginx, Caddy) does TLS; trusts its header fields about clients");
  behind->group(kGroup);
  app.add_option("--proxy", options.proxies, "The proxy's address if it is another machine; may be repeated")
      ->check(CLI::Validator(check_ip_address, "ADDRESS"))
      ->needs(behind)
      ->group(kGroup);
  add_page_rights(app, server);
  app.add_option("--max-connections", server.limits.connections, "Simultaneous connections, robots included")
      ->check(whole_from(1, 1'000'000, "connections"))
      ->capture_default_str()
      ->group(kGroup);
  app.add_option("--max-pending", server.limits.pending_per_address,
                 "Connections of one address that are neither robots nor pages' websockets; 0: no limit")
      ->check(whole_from(0, 1'000'000, "connections"))
      ->capture_default_str()
      ->group(kGroup);
  app.add_option("--robot-rate", server.limits.robot_messages_per_second,
                 "Offers per second to one robot, and messages per second from it")
      ->check(number_from(0.01, 1e9, "per second"))
      ->capture_default_str()
      ->group(kGroup);
  app.add_option("--robot-rate-burst", server.limits.robot_messages_burst, "Offers or messages in a burst")
      ->check(number_from(1, 1e9, ""))
      ->capture_default_str()
      ->group(kGroup);
}

void apply_front_options(const FrontOptions& options, SignallingServer::Options& server) {
  if (!options.behind_proxy) return;
  server.trusted_proxies = options.proxies.empty() ? std::vector<std::string>{"127.0.0.1", "::1"} : options.proxies;
}

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<std::size_t>(limit.rlim_cur);
}

}  // namespace rtcbot::app
