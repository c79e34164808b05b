#include "rtcbot-server/cluster_options.hpp"

#include <cstdlib>

#include "common/checks.hpp"
#include "common/options.hpp"
#include "rtcbot/nats/nats_link.hpp"

namespace rtcbot::app {
namespace {

std::string check_prefix(const std::string& text) {
  const bool is_good =
      !text.empty() && text.size() <= 32 &&
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
  return is_good ? "" : "'" + text + "' is not a prefix; use 1 to 32 of A-Z a-z 0-9 _ -";
}

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

void add_cluster_options(CLI::App& app, SignallingServer::Cluster& options) {
  app.add_option(
         "--nats", options.nats,
         "Act as one with several servers, through this NATS server with JetStream, e.g. nats://HOST:4222; may be "
         "repeated. The server signs in with RTCBOT_NATS_USER and RTCBOT_NATS_PASSWORD, or RTCBOT_NATS_TOKEN")
      ->check(CLI::Validator(nats::check_nats_url, "URL"));
  app.add_option("--nats-credentials", options.credentials_file, "A .creds file with the server's credentials for NATS")
      ->check(private_file());
  app.add_option("--nats-ca-file", options.ca_file, "The authorities that may sign NATS's certificate (PEM)")
      ->check(readable_file());
  app.add_option("--nats-certificate", options.certificate_file, "This server's own certificate for NATS (PEM)")
      ->check(readable_file());
  app.add_option("--nats-key", options.key_file, "The key of that certificate (PEM)")->check(private_file());
  app.add_option("--nats-prefix", options.prefix, "Clusters with different prefixes do not see each other")
      ->check(CLI::Validator(check_prefix, "PREFIX"))
      ->capture_default_str();
  app.add_option("--nats-replicas", options.replicas, "How many NATS servers store the list of robots")
      ->check(whole_from(1, 5, "servers"))
      ->capture_default_str();
}

std::string complete_cluster_options(SignallingServer::Cluster& options) {
  if (options.nats.empty()) return "";
  options.user = from_environment("RTCBOT_NATS_USER");
  options.password = from_environment("RTCBOT_NATS_PASSWORD");
  options.token = from_environment("RTCBOT_NATS_TOKEN");
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return "--nats-certificate and --nats-key must be given together";
  }
  return "";
}

}  // namespace rtcbot::app
