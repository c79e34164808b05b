#include <unistd.h>

#include <cstdio>
#include <string>

#include "common/checks.hpp"
#include "common/options.hpp"
#include "rtcbot-server/access_options.hpp"
#include "rtcbot-server/cluster_options.hpp"
#include "rtcbot-server/front_options.hpp"
#include "rtcbot-server/housekeeping.hpp"
#include "rtcbot-server/page_options.hpp"
#include "rtcbot-server/relay_options.hpp"
#include "rtcbot/base/ascii.hpp"
#include "rtcbot/runtime/service_manager.hpp"
#include "rtcbot/runtime/stop_signal.hpp"
#include "rtcbot/signalling_server.hpp"

namespace {

using namespace rtcbot;

struct Options {
  app::CommonOptions common;
  SignallingServer::Options server;
  app::FrontOptions front;
  app::AccessOptions access;
  app::RelayOptions relays;
  int robot_timeout_ms = 10'000;
};

/// Robots and pages that do not close in time are disconnected after this.
constexpr std::chrono::seconds kStopLimit{10};

void describe(CLI::App& cli, Options& options) {
  cli.footer(
      "Robots dial ws://HOST:PORT/ws (or /NAME), people open http://HOST:PORT/ (or /NAME).\n"
      "Exit codes: 0 ended as requested, 1 could not start, 2 a flag or the configuration is wrong.");
  cli.add_option("--address", options.server.address, "Address to listen on")->capture_default_str();
  cli.add_option("--port", options.server.port, "Port to listen on; 0 for any free one")
      ->check(app::whole_from(0, 65'535, ""))
      ->capture_default_str();
  cli.add_option("--page", options.server.page,
                 "An HTML file, or a folder with index.html, to show in place of the built-in page")
      ->check(app::readable_file_or_folder());
  cli.add_option("--robot-timeout", options.robot_timeout_ms,
                 "Milliseconds within which a robot has to answer an offer")
      ->check(app::whole_from(100, 25'000, "ms"))
      ->capture_default_str();
  cli.add_option("--max-robots", options.server.limits.robots, "Simultaneous robots")
      ->check(app::whole_from(1, 1'000'000, "robots"))
      ->capture_default_str();
  cli.add_option("--robot-token", options.access.credentials.robot_token,
                 "The token that robots must show; better given as RTCBOT_ROBOT_TOKEN. Empty: every robot is accepted")
      ->envname("RTCBOT_ROBOT_TOKEN");
  cli.add_option("--rate", options.server.limits.offers_per_second, "Connections per second of one address")
      ->check(app::number_from(0.01, 1e6, "connections per second"))
      ->capture_default_str();
  cli.add_option("--rate-burst", options.server.limits.offers_burst, "Connections of one address in a burst")
      ->check(app::number_from(1, 1e6, "connections"))
      ->capture_default_str();
  app::add_cluster_options(cli, options.server.cluster);
  app::add_front_options(cli, options.front, options.server);
  app::add_page_options(cli, options.server);
  app::add_common_options(cli, options.common);
  app::add_access_options(cli, options.access);
  app::add_relay_options(cli, options.relays);
}

void warn_that_it_is_open(const Options& options) {
  const bool color = isatty(STDERR_FILENO) != 0;
  std::fprintf(stderr, "%sThis server is open: %sanybody who reaches it may watch%s.%s\n", color ? "\033[1;31m" : "",
               options.front.is_encrypted(options.server) ? "" : "no encryption, and ",
               options.access.credentials.robot_token.empty() ? " or be the robot" : "", color ? "\033[0m" : "");
}

void say_where_to_open(const SignallingServer& server, const LogSink& log) {
  log({LogLevel::info, "server", "listening on port " + std::to_string(server.port())});
  for (const auto& url : server.urls()) log({LogLevel::info, "server", "open " + url + " in a browser"});
}

int could_not_start(const Error& error) {
  std::fprintf(stderr, "rtcbot-server: %s\n", printable(error.what(), ' ').c_str());
  return error.code() == Errc::bad_config ? app::kExitBadConfig : app::kExitFailure;
}

/// Completes the server's options and checks that the flags fit together.  Errors: bad_config.
Result<void> complete(const CLI::App& cli, Options& options) {
  const auto wrong = [](const std::string& sentence) { return fail(Errc::bad_config, sentence); };
  if (const auto fault = app::finish_access_options(cli, options.access)) return wrong(*fault);
  auto& server = options.server;
  server.credentials = options.access.credentials;
  server.only_secure = options.access.is_public;
  server.limits.robot_timeout = std::chrono::milliseconds(options.robot_timeout_ms);
  auto& relays = options.relays.servers;
  relays.stun = options.common.stun;
  relays.turn = options.common.turn;
  relays.username = options.common.turn_username;
  relays.credential = options.common.turn_credential;
  relays.relay_only = options.common.relay_only();
  if (const auto fault = app::finish_relay_options(options.relays)) return wrong(*fault);
  server.ice_servers = relays;
  app::apply_front_options(options.front, server);
  if (relays.relay_only && relays.turn.empty()) {
    return wrong("--ice-transport relay requires a TURN server; name one with --turn");
  }
  if (const auto fault = app::complete_cluster_options(server.cluster); !fault.empty()) return wrong(fault);
  return {};
}

/// Rereads the certificate and the credentials when their files change.
void watch_files(app::Housekeeping& housekeeping, const Options& options, SignallingServer& server) {
  const auto& tls = options.server.tls;
  if (!tls.certificate.empty()) {
    housekeeping.watch("the certificate", {tls.certificate, tls.key}, [&] { return server.reload_certificate(); });
  }
  if (options.access.credentials.secret_file.empty()) return;
  const auto files = options.access.files();
  housekeeping.watch("the credentials", {files.secrets, files.revocations}, [&] {
    server.reload_credentials();
    return Result<void>();
  });
}

int serve(Options& options) {
  const auto log = options.server.log = app::make_log(options.common.log);
  const runtime::ServiceManager manager;
  const auto passed = manager.passed_socket();
  if (!passed) return could_not_start(passed.error());
  if (*passed) options.server.listening_descriptor = **passed;
  const runtime::StopSignal stop;
  app::raise_descriptor_limit();
  SignallingServer server(options.server);
  if (const auto started = server.try_start(); !started) return could_not_start(started.error());
  app::Housekeeping housekeeping({&server, &manager, log});
  watch_files(housekeeping, options, server);
  if (!options.access.asks_people()) warn_that_it_is_open(options);
  say_where_to_open(server, log);
  manager.ready("Listening on port " + std::to_string(server.port()));
  housekeeping.run(stop);
  log({LogLevel::info, "server", "stopping"});
  manager.stopping();
  server.stop(kStopLimit);
  return app::kExitOk;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App cli("The server with the public address: introduces browsers to robots that dial in.", "rtcbot-server");
  describe(cli, options);
  if (const auto exit_code = app::parse_command_line(cli, argc, argv)) return *exit_code;
  if (const auto done = app::run_access_command(cli, options.access)) return *done;
  if (const auto completed = complete(cli, options); !completed) return could_not_start(completed.error());
  return serve(options);
}
