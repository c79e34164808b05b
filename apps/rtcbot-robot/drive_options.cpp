#include "rtcbot-robot/drive_options.hpp"

#include <algorithm>

#include "common/checks.hpp"
#include "rtcbot/actuator/sink_spec.hpp"

namespace rtcbot::app {
namespace {

constexpr std::size_t kMaxModeBytes = 16;  // The protocol's limit (docs/control.md).

bool is_mode(const std::string& mode) {
  return !mode.empty() && mode.size() <= kMaxModeBytes &&
         std::all_of(mode.begin(), mode.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

bool DriveOptions::is_simulated() const { return std::find(drive.begin(), drive.end(), "sim") != drive.end(); }

bool DriveOptions::writes_stdout() const { return std::find(drive.begin(), drive.end(), "stdout") != drive.end(); }

Result<Driving::Options> DriveOptions::options() const {
  for (const auto& mode : modes) {
    if (is_mode(mode)) continue;
    return fail(Errc::bad_config,
                "--drive-mode takes a name of 1 to 16 characters without spaces; '" + mode + "' is not one");
  }
  for (const auto& where : drive) {
    // Checked before anything is opened; the simulation belongs to this program.
    if (where == "sim") continue;
    if (const auto spec = actuator::parse_sink_spec(where); !spec) {
      const bool is_word = where.find(':') == std::string::npos;
      return fail(Errc::bad_config,
                  std::string("--drive: ").append(spec.error().what()).append(is_word ? ", or sim" : ""));
    }
  }
  Driving::Options options;
  auto& safety = options.safety;
  safety.dead_man = std::chrono::milliseconds(dead_man_ms);
  safety.stale_command = std::chrono::milliseconds(stale_command_ms);
  safety.stale_picture = std::chrono::milliseconds(stale_picture_ms);
  safety.speed.full_until = std::chrono::milliseconds(full_speed_ms);
  safety.speed.min_from = std::chrono::milliseconds(min_speed_ms);
  safety.speed.least = min_speed;
  if (full_speed_ms >= min_speed_ms) {
    return fail(Errc::bad_config, "--full-speed-until must be below --least-speed-from");
  }
  options.modes = modes;
  options.listen = listen;
  options.talk = talk;
  return options;
}

void describe_driving(CLI::App& cli, DriveOptions& o) {
  cli.add_option("--drive", o.drive,
                 "Lets viewers drive and sends the commands to stdout, exec:COMMAND, "
                 "'serial:/dev/serial/by-id/…?write=<hh' (quote it), udp:HOST:PORT, sim (a simulated robot in place of "
                 "the camera), or none; may be given several times")
      ->group("Driving");
  cli.add_option("--dead-man", o.dead_man_ms, "Stops the robot after this many ms without a fresh command")
      ->check(whole_from(20, 60'000, "ms"))
      ->capture_default_str()
      ->group("Driving");
  cli.add_option("--stale-command", o.stale_command_ms, "Drops commands that are older than this many ms")
      ->check(whole_from(20, 60'000, "ms"))
      ->capture_default_str()
      ->group("Driving");
  cli.add_option("--stale-picture", o.stale_picture_ms,
                 "Stops the robot if the driver's picture is older than this many ms; 0: drives without a picture")
      ->check(whole_from(0, 60'000, "ms"))
      ->capture_default_str()
      ->group("Driving");
  cli.add_option("--full-speed-until", o.full_speed_ms,
                 "Full speed up to this delay in ms, from the camera to the wheel")
      ->check(whole_from(0, 60'000, "ms"))
      ->capture_default_str()
      ->group("Driving");
  cli.add_option("--least-speed-from", o.min_speed_ms,
                 "Lowest speed from this delay in ms; in between, the speed falls gradually")
      ->check(whole_from(1, 60'000, "ms"))
      ->capture_default_str()
      ->group("Driving");
  cli.add_option("--least-speed", o.min_speed, "The lowest speed, as a share of full speed")
      ->check(number_from(0, 1, "of full speed"))
      ->capture_default_str()
      ->group("Driving");
  cli.add_option("--drive-mode", o.modes, "A mode that drivers may choose, e.g. slow; may be given several times")
      ->group("Driving");
  cli.add_flag("--telemetry", o.telemetry, "Shows lines of JSON on standard input to viewers as telemetry")
      ->group("Driving");
  cli.add_option("--stop-file", o.stop_file,
                 "File that stores over a restart whether the emergency stop is latched; auto: in "
                 "$XDG_STATE_HOME/rtcbot; none: no file")
      ->envname("RTCBOT_STOP_FILE")
      ->capture_default_str()
      ->group("Driving");
}

}  // namespace rtcbot::app
