#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "common/checks.hpp"
#include "common/options.hpp"
#include "rtcbot-robot/cameras.hpp"
#include "rtcbot-robot/check.hpp"
#include "rtcbot-robot/flight_recorder.hpp"
#include "rtcbot-robot/robot_options.hpp"
#include "rtcbot-robot/robot_program.hpp"
#include "rtcbot/base/ascii.hpp"

namespace {

using namespace rtcbot;
using Options = app::RobotOptions;

/// Width and height of "640x480".
std::optional<std::pair<int, int>> size_in(const std::string& text) {
  int width = 0, height = 0, used = 0;
  const bool is_size = std::sscanf(text.c_str(), "%dx%d%n", &width, &height, &used) == 2 &&
                       static_cast<std::size_t>(used) == text.size();
  return is_size ? std::optional(std::pair(width, height)) : std::nullopt;
}

std::string check_size(const std::string& text) {
  const auto size = size_in(text);
  const auto fits = [](int pixels) { return pixels >= 16 && pixels <= 4096 && pixels % 2 == 0; };
  if (!size) return "'" + text + "' is not a size; write WIDTHxHEIGHT in pixels, e.g. 640x480";
  if (fits(size->first) && fits(size->second)) return {};
  return "'" + text + "' is not possible; width and height are even numbers from 16 to 4096 pixels";
}

void describe_video(CLI::App& cli, Options& o) {
  cli.add_option("--camera", o.cameras,
                 "auto (the default; also finds a camera that is plugged in later), test, test:busy, /dev/videoN, "
                 "libcamera[:NAME], rtsp://…, rtspt://…, or gst:DESCRIPTION. May be repeated as NAME=SOURCE: each "
                 "viewer chooses one")
      ->group("Video");
  cli.add_option("--size", o.size, "WIDTHxHEIGHT in pixels")
      ->check(CLI::Validator(check_size, ""))
      ->capture_default_str()
      ->group("Video");
  cli.add_option("--fps", o.camera.frame_rate, "Frames per second")
      ->check(app::whole_from(1, 120, "frames per second"))
      ->capture_default_str()
      ->group("Video");
  auto encoders = media::encoder_names();
  encoders.insert(encoders.begin(), "auto");
  cli.add_option("--encoder", o.camera.encoder, "auto, or a GStreamer encoder, e.g. x264enc")
      ->check(app::one_of(encoders))
      ->capture_default_str()
      ->group("Video");
  cli.add_option("--start-bitrate", o.start_kbps, "The bitrate at the start, in kbit/s")
      ->check(app::whole_from(1, 1'000'000, "kbit/s"))
      ->capture_default_str()
      ->group("Video");
  const auto kilobits = app::whole_from(30, 1'000'000, "kbit/s");
  cli.add_option("--min-bitrate", o.min_kbps, "The lowest bitrate, in kbit/s")
      ->check(kilobits)
      ->capture_default_str()
      ->group("Video");
  cli.add_option("--max-bitrate", o.max_kbps, "The highest bitrate, in kbit/s")
      ->check(kilobits)
      ->capture_default_str()
      ->group("Video");
  cli.add_option(
         "--rate-file", o.rate_file,
         "File that stores the bandwidth estimate over a restart; auto: in $XDG_STATE_HOME/rtcbot; none: no file")
      ->envname("RTCBOT_RATE_FILE")
      ->capture_default_str()
      ->group("Video");
}

constexpr const char* kDescription = R"(The robot: shows its camera through a server to browsers.

Examples:
  rtcbot-robot --drive sim
      a simulated robot, for a server on this machine
  rtcbot-robot --server wss://robots.example.org/digger --token-file robot.token --camera /dev/video0 \
    --drive 'serial:/dev/ttyUSB0?begin=c069&write=<hhB&fields=left,right,moving&scale=255'
      a camera, and two motors behind an Arduino (examples/arduino)
  rtcbot-robot --check --config /etc/rtcbot/robot.toml
      tests server, clock, cameras, motors and TURN servers of a configuration
)";

/// Puts the most used flags first in the help.
void put_usual_flags_first(CLI::App& cli) {
  cli.set_help_flag();
  cli.set_help_flag("-h,--help", "Print this help message and exit");
  for (const char* flag : {"--server", "--token-file", "--camera", "--size", "--drive", "--check"}) {
    cli.get_option(flag)->group("Usual");
  }
}

void describe(CLI::App& cli, Options& o) {
  cli.footer(
      "Dials its server until it succeeds, and shows its camera to the viewers that the server introduces.\n"
      "Exit codes: 0 ended as requested, 1 could not start or --check found a fault, 2 a flag or the configuration is "
      "wrong.");
  cli.add_flag("--check", o.check, "Checks server, clock, cameras, motors and TURN servers, reports each, and exits");
  cli.add_option("--server", o.server, "The server's address: ws://HOST:PORT/ws or wss://HOST/ws")
      ->capture_default_str();
  cli.add_option("--name", o.robot.name, "This robot's name; a server has at most one robot without a name");
  app::describe_token(cli, o.token);
  cli.add_option("--ca-file", o.robot.ca_file,
                 "Certificates to trust in place of the system's, for the server and for TURN servers over TLS")
      ->check(app::readable_file());
  cli.add_flag("--insecure", o.insecure,
               "Accepts any certificate of the server and of TURN servers; for experiments only");
  cli.add_option("--max-viewers", o.robot.max_viewers, "How many viewers may be connected; more are refused")
      ->check(app::whole_from(1, 1000, "viewers"))
      ->capture_default_str();
  cli.add_flag("--relay-only", o.robot.connection.relay_only, "The same as --ice-transport relay");
  cli.add_flag("--all-addresses", o.robot.connection.include_loopback,
               "Also offers viewers the addresses of loopback and of bridges to containers; without it only if the "
               "machine has no others");
  cli.add_flag("--messages", o.messages,
               "Prints viewers' messages as JSON lines; sends lines of standard input to all viewers");
  cli.add_option("--data-budget", o.robot.data_budget,
                 "The allowance of a metered network: 500MB/h, 2GB/day, 10GB/month, 5GB/total, or wwan0=500MB/h for "
                 "one interface only; the picture gets smaller as it runs out");
  cli.add_option("--data-budget-file", o.robot.data_budget_file,
                 "File that stores the rest of the budget; by default in $XDG_STATE_HOME/rtcbot");
  cli.add_option("--stats-every", o.stats_every, "Seconds between lines {\"stats\": …} on standard output; 0: none")
      ->check(app::number_from(0, 3600, "seconds"));
  cli.add_option("--snapshots", o.snapshots,
                 "Seconds between pictures for the server's list of robots, at least 1; 0: none are sent")
      ->check(app::number_from(0, 86'400, "seconds"))
      ->capture_default_str();
  describe_video(cli, o);
  app::describe_driving(cli, o.drive);
  app::describe_audio(cli, o.audio);
  app::describe_black_box(cli, o.black_box);
  app::add_common_options(cli, o.common);
  put_usual_flags_first(cli);
}

Result<void> complete_driving(const Options& o) {
  if (const auto options = o.drive.options(); !options) return fail(options.error());
  if (o.drive.writes_stdout() && (o.messages || o.stats_every > 0)) {
    return fail(Errc::bad_config,
                "--drive stdout needs standard output for itself; use exec: or udp: with --messages or --stats-every");
  }
  if (o.drive.telemetry && o.messages) {
    return fail(Errc::bad_config, "--telemetry and --messages both read the standard input; choose one");
  }
  return {};
}

/// Converts the command line to the library's options.
Result<void> complete(Options& o) {
  std::tie(o.camera.width, o.camera.height) = *size_in(o.size);
  if (o.min_kbps > o.max_kbps) {
    return fail(Errc::bad_config, "--min-bitrate, " + std::to_string(o.min_kbps) + " kbit/s, is above --max-bitrate, " +
                                      std::to_string(o.max_kbps) + " kbit/s");
  }
  if (o.snapshots > 0 && o.snapshots < 1) {
    return fail(Errc::bad_config,
                "--snapshots must be at least 1 s, or 0 for none; servers drop pictures that come faster");
  }
  // Lowering the maximum also lowers the start.
  o.start_kbps = std::clamp(o.start_kbps, o.min_kbps, o.max_kbps);
  const auto cameras = app::parse_cameras(o.cameras);
  if (!cameras) return fail(cameras.error());
  if (std::any_of(cameras->begin(), cameras->end(), [](const auto& each) { return each.source == "push"; })) {
    return fail(Errc::bad_config,
                "--camera push is only for programs that use the library and make their own pictures");
  }
  // Selection of cameras, sound and telemetry need the control protocol, even if nothing moves.
  const bool needs_control = o.cameras.size() > 1 || o.audio.listens() || o.audio.talks() || o.drive.telemetry;
  if (o.drive.drive.empty() && needs_control) o.drive.drive = {"none"};
  value_or_throw(complete_driving(o));
  o.drive.listen = o.audio.listens();
  o.drive.talk = o.audio.talks();
  const std::string token = value_or_throw(app::token_of(o.token));
  auto& connection = o.robot.connection;
  connection.min_bitrate = DataRate::kilobits_per_second(o.min_kbps);
  connection.start_bitrate = DataRate::kilobits_per_second(o.start_kbps);
  connection.max_bitrate = DataRate::kilobits_per_second(o.max_kbps);
  connection.relay_only = connection.relay_only || o.common.relay_only();
  for (const auto& server : o.common.ice_servers()) {
    connection.ice_servers.push_back({server.urls, server.username, server.credential});
  }
  if (!token.empty()) o.robot.headers.emplace_back("Authorization", "Bearer " + token);
  o.robot.verify_certificate = !o.insecure;
  o.robot.snapshots = o.snapshots > 0;
  return {};
}

/// `--check`: prints a line for each finding.
int check(const Options& o) {
  app::CheckOrder order{.server = o.server, .robot = o.robot, .camera = o.camera, .drive = o.drive.drive};
  if (!o.drive.is_simulated()) {
    order.cameras =
        value_or_throw(app::parse_cameras(o.cameras.empty() ? std::vector<std::string>{"auto"} : o.cameras));
  }
  const auto findings = app::check(order, [](const app::Finding& finding) {
    std::fputs(app::text_of(finding).c_str(), stdout);
    std::fflush(stdout);
  });
  return app::is_fit(findings) ? app::kExitOk : app::kExitFailure;
}

/// Ignores SIGPIPE, so that a lost reader does not end the robot. Opens closed standard streams, because otherwise a
/// file opened later would get their number and receive messages.
void keep_standard_streams() {
  std::signal(SIGPIPE, SIG_IGN);
  while (true) {
    const int free = open("/dev/null", O_RDWR);
    if (free > STDERR_FILENO) {
      close(free);
      return;
    }
    if (free < 0) return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  keep_standard_streams();
  Options options;
  CLI::App cli(kDescription, "rtcbot-robot");
  describe(cli, options);
  if (const auto exit_code = app::parse_command_line(cli, argc, argv)) return *exit_code;
  if (const auto exit_code = app::read_black_box(cli, options.black_box)) return *exit_code;
  auto log = app::make_log(options.common.log);
  set_log(log);
  try {
    value_or_throw(complete(options));
    if (options.check) return check(options);
    std::unique_ptr<app::FlightRecorder> box;
    if (options.black_box.is_kept()) {
      box = std::make_unique<app::FlightRecorder>(options.black_box, options.robot.name, log);
      log = box->log_beside(log);
      set_log(log);
    }
    app::RobotProgram(options, box.get(), log).run();
    return app::kExitOk;
  } catch (const Error& error) {
    std::fprintf(stderr, "rtcbot-robot: %s\n", printable(error.what(), ' ').c_str());
    const bool is_config = error.code() == Errc::bad_config || error.code() == Errc::bad_address;
    return is_config ? app::kExitBadConfig : app::kExitFailure;
  }
}
