#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/options.hpp"
#include "rtcbot-robot/audio_options.hpp"
#include "rtcbot-robot/cameras.hpp"
#include "rtcbot-robot/check.hpp"
#include "rtcbot-robot/data_figures.hpp"
#include "rtcbot-robot/drive_options.hpp"
#include "rtcbot-robot/drive_program.hpp"
#include "rtcbot-robot/estimate_file.hpp"
#include "rtcbot-robot/flight_recorder.hpp"
#include "rtcbot-robot/line_writer.hpp"
#include "rtcbot-robot/messages.hpp"
#include "rtcbot-robot/simulation.hpp"
#include "rtcbot-robot/snapshots.hpp"
#include "rtcbot-robot/token_options.hpp"
#include "rtcbot/rtcbot.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "rtcbot/runtime/limited_log.hpp"
#include "rtcbot/runtime/stop_signal.hpp"

namespace {

using namespace rtcbot;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Interval of the simulated robot's telemetry.
constexpr milliseconds kTelemetryPause{200};
/// Interval of the data use that pages get.
constexpr milliseconds kDataPause{2'000};
/// Interval without periodic work, to log counts of suppressed lines.
constexpr milliseconds kLongPause{10'000};

/// For each state of a viewer's connection.
constexpr LogRateLimiter::Config kViewerLines{.rate = {.per_second = 1, .burst = 40}};

struct Options {
  app::CommonOptions common;
  std::string server = "ws://localhost:8080/ws";
  app::TokenOptions token;
  bool insecure = false;
  bool check = false;
  std::string size = "640x480";
  bool messages = false;
  double stats_every = 0;
  double snapshots = 0;
  std::string rate_file = "auto";
  int start_kbps = 1500, min_kbps = 150, max_kbps = 8000;
  std::vector<std::string> cameras;  ///< The values of --camera; empty: "auto".
  Camera::Options camera;            ///< Common to all cameras.
  Robot::Options robot;
  app::DriveOptions drive;
  app::AudioOptions audio;
  app::BlackBoxOptions black_box;
};

void describe_video(CLI::App& cli, Options& o) {
  cli.add_option("--camera", o.cameras,
                 "auto (the default; also finds a camera that is plugged in later), test, test:busy, /dev/videoN, "
                 "libcamera[:NAME], rtsp://…, rtspt://…, or gst:DESCRIPTION. May be repeated as NAME=SOURCE: each "
                 "viewer chooses one")
      ->group("Video");
  cli.add_option("--size", o.size, "WIDTHxHEIGHT in pixels")->capture_default_str()->group("Video");
  cli.add_option("--fps", o.camera.frame_rate, "Frames per second")->capture_default_str()->group("Video");
  cli.add_option("--encoder", o.camera.encoder, "auto, or a GStreamer encoder, e.g. x264enc")
      ->capture_default_str()
      ->group("Video");
  cli.add_option("--start-bitrate", o.start_kbps, "The bitrate at the start, in kbit/s")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->group("Video");
  cli.add_option("--min-bitrate", o.min_kbps, "The lowest bitrate, in kbit/s")->capture_default_str()->group("Video");
  cli.add_option(
         "--rate-file", o.rate_file,
         "File that stores the bandwidth estimate over a restart; auto: in $XDG_STATE_HOME/rtcbot; none: no file")
      ->envname("RTCBOT_RATE_FILE")
      ->capture_default_str()
      ->group("Video");
  cli.add_option("--max-bitrate", o.max_kbps, "The highest bitrate, in kbit/s")->capture_default_str()->group("Video");
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
      ->check(CLI::ExistingFile);
  cli.add_flag("--insecure", o.insecure,
               "Accepts any certificate of the server and of TURN servers; for experiments only");
  cli.add_option("--max-viewers", o.robot.max_viewers, "How many viewers may be connected; more are refused")
      ->check(CLI::Range(1, 1000))
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
      ->check(CLI::Range(0.0, 3600.0));
  cli.add_option("--snapshots", o.snapshots,
                 "Seconds between pictures for the server's list of robots, at least 1; 0: none are sent")
      ->check(CLI::Range(0.0, 86'400.0))
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
  int used = 0;
  if (std::sscanf(o.size.c_str(), "%dx%d%n", &o.camera.width, &o.camera.height, &used) != 2 ||
      static_cast<std::size_t>(used) != o.size.size()) {
    return fail(Errc::bad_config, "--size is of the form 640x480");
  }
  if (o.min_kbps < 30 || o.min_kbps > o.max_kbps) {
    return fail(Errc::bad_config, "the bitrates must be 30 <= --min-bitrate <= --max-bitrate, but are " +
                                      std::to_string(o.min_kbps) + " and " + std::to_string(o.max_kbps));
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

/// What the driver sees, as the viewer's page reports it; null before the first report.
Json seen_by(const peer::Stats& viewer) {
  if (!viewer.seen) return nullptr;
  const auto ms = [](const std::optional<double>& delay) { return delay ? Json(*delay) : Json(); };
  return {{"frames", viewer.seen->frames},
          {"freezes", viewer.seen->freezes},
          {"delay_p50_ms", ms(viewer.seen->delay_p50_ms)},
          {"delay_p95_ms", ms(viewer.seen->delay_p95_ms)}};
}

/// The state of the path to the viewer; null if the viewer does not report on packets.
Json uplink_to(const peer::Stats& viewer) {
  if (!viewer.uplink) return nullptr;
  const peer::Uplink& uplink = *viewer.uplink;
  return {{"estimate", uplink.estimate.bits_per_second()},
          {"delivered", uplink.delivered.bits_per_second()},
          {"queueing_ms", uplink.queueing_ms},
          {"round_trip_ms", uplink.round_trip_ms},
          {"loss", uplink.loss},
          {"stalls", uplink.stalls}};
}

/// The cameras of --camera; the simulated robot's camera comes first.
app::Cameras cameras_of(const Options& o, const app::Simulation* simulation) {
  std::vector<app::Cameras::Named> cameras;
  auto words = o.cameras;
  if (simulation) {
    cameras.push_back({"simulation", simulation->camera()});
  } else if (words.empty()) {
    words = {"auto"};
  }
  // With several cameras, one that is unplugged must not stop the others.
  const bool has_others = words.size() + cameras.size() > 1;
  for (const auto& each : value_or_throw(app::parse_cameras(words))) {
    auto options = o.camera;
    options.source = each.source;
    options.may_be_missing = has_others;
    cameras.push_back({each.name, Camera(options)});
  }
  return app::Cameras(std::move(cameras));
}

Json engine_figures(const peer::EngineStats& e) {
  return {{"processes", e.processes}, {"failures", e.failures}, {"isolated", e.isolated},
          {"pauses", e.pauses},       {"suspects", e.suspects}, {"paused", e.paused}};
}

Json stats_line(const Robot& robot, const Camera& camera, const app::LineWriter& out, const app::DriveProgram* drive,
                const app::AudioSetup& audio, const app::FlightRecorder* box, const runtime::LimitedLog& viewers_log) {
  const auto r = robot.stats();
  const auto c = camera.stats();
  auto viewers = Json::array();
  for (const auto& viewer : robot.viewers()) {
    const auto v = viewer.stats();
    viewers.push_back({{"state", peer::name_of(v.state)},
                       {"codec", v.codec},
                       {"path", v.path},
                       {"bytes_sent", v.bytes_sent},
                       {"packets_sent", v.packets_sent},
                       {"frames_sent", v.frames_sent},
                       {"frames_dropped_before_sending", v.frames_dropped_before_sending},
                       {"key_frames_sent", v.key_frames_sent},
                       {"key_frames_requested", v.key_frames_requested},
                       {"leads", v.leads},
                       {"target_bitrate", v.target_bitrate.bits_per_second()},
                       {"round_trip_ms", v.round_trip_ms},
                       {"uplink", uplink_to(v)},
                       {"seen", seen_by(v)},
                       {"audio_blocks_sent", v.audio_blocks_sent},
                       {"audio_blocks_held_back", v.audio_blocks_held_back},
                       {"audio_blocks_received", v.audio_blocks_received},
                       {"watch_only", v.watch_only},
                       {"messages_not_heard", v.messages_not_heard},
                       {"clock_messages_refused", v.clock_messages_refused},
                       {"engine_process", v.engine_process}});
  }
  return {{"stats",
           {{"data", r.data ? app::figures_of(*r.data) : Json()},
            {"online", r.state == Robot::State::online},
            {"offers", r.offers},
            {"answers", r.answers},
            {"refusals", r.refusals},
            {"refused_paused", r.refused_paused},
            {"engine", engine_figures(r.engine)},
            {"dials", r.dials},
            {"lines_dropped", out.dropped()},
            {"log_lines_suppressed", r.log_lines_suppressed + viewers_log.suppressed()},
            {"camera",
             {{"state", media::name_of(c.state)},
              {"source", c.source},
              {"encoder", c.encoder},
              {"frames_captured", c.frames_captured},
              {"frames_encoded", c.frames_encoded},
              {"frames_dropped_before_encoding", c.frames_dropped_before_encoding},
              {"key_frames_encoded", c.key_frames_encoded},
              {"reopened", c.reopened},
              {"viewers", c.viewers}}},
            {"driving", drive ? drive->figures() : Json()},
            {"audio", audio.figures()},
            {"black_box", box ? box->figures() : Json()},
            {"viewers", std::move(viewers)}}}};
}

/// Calls a function at the end of its life, unless it was called before.
class ScopeExit {
 public:
  explicit ScopeExit(std::function<void()> what) : what_(std::move(what)) {}
  ~ScopeExit() { now(); }
  ScopeExit(const ScopeExit&) = delete;
  ScopeExit& operator=(const ScopeExit&) = delete;

  void now() {
    if (const auto what = std::exchange(what_, nullptr)) what();
  }

 private:
  std::function<void()> what_;
};

void run(Options& o, app::FlightRecorder* box, const LogSink& log) {
  const auto rates = std::make_shared<app::EstimateFile>(o.rate_file, o.robot.name, o.server, log);
  o.robot.start_bitrate = [rates](DataRate configured) { return rates->start(configured); };
  std::unique_ptr<app::Simulation> simulation;
  if (o.drive.is_simulated()) {
    simulation = std::make_unique<app::Simulation>(o.camera.width, o.camera.height, o.camera.frame_rate);
  }
  app::Cameras cameras = cameras_of(o, simulation.get());
  const Camera& camera = cameras.first();
  std::unique_ptr<app::DriveProgram> drive;
  if (o.drive.is_driven()) {
    drive = std::make_unique<app::DriveProgram>(o.drive, o.robot.name, cameras.names(), simulation.get(), log);
    drive->driving().on_camera_request([&](std::int64_t viewer, const std::string& name) {
      if (cameras.show(viewer, name)) drive->driving().showing(viewer, name);
    });
    if (box != nullptr) drive->on_event(box->event_recorder());
    if (box != nullptr) drive->driving().on_command(box->command_recorder());
    if (box != nullptr) drive->driving().add_sink(box->sink());
  }
  const app::AudioSetup audio(o.audio);
  // Limited, because anybody may dial in repeatedly.
  const auto viewers_log = std::make_shared<runtime::LimitedLog>(log, LogLevel::info, "viewer", kViewerLines);
  Robot robot(o.server, o.robot);
  // Ends all uses of `robot` on other threads before it is destroyed, even after an exception.
  ScopeExit let_go([&] {
    // Stops the motors first, because cameras, files and viewers may take a moment.
    if (drive) drive->close();
    if (box != nullptr) box->end_figures();
    for (const auto& each : cameras.all()) each.camera.on_state([](CameraState, const std::optional<Error>&) {});
    rates->stop();
  });
  const auto out = std::make_shared<app::LineWriter>(STDOUT_FILENO, log);
  app::MessageLines lines(
      [&](const Json& line) {
        if (o.messages) return robot.put_nowait(line);
        drive->tell(line);
      },
      [&](const actuator::TelemetryCounts& counts) {
        if (drive) drive->tell_faults(0, counts);
      },
      out);
  for (const auto& each : cameras.all()) {
    const bool is_first = &each == &cameras.all().front();
    each.camera.on_state([&, name = each.name, is_first, failed = std::make_shared<bool>(false)](
                             CameraState state, const std::optional<Error>& reason) {
      if (is_first) robot.set_camera_state(std::string(media::name_of(state)));
      if (drive) drive->driving().set_camera_state(name, state);
      // Cameras open and close with their viewers and for each snapshot, so log only faults and their ends.
      const bool recovers = state == CameraState::running && std::exchange(*failed, false);
      if (reason) *failed = true;
      const auto level = recovers ? LogLevel::info : LogLevel::debug;
      log({reason ? LogLevel::warning : level, name,
           std::string(media::name_of(state)) + (reason ? std::string(": ") + reason->what() : "")});
    });
  }
  robot.on_connection([&, viewers_log](RTCConnection& viewer) {
    audio.attach(viewer);
    cameras.show_to(drive ? drive->driving().attach(viewer) : 0, viewer);
    if (o.messages) lines.attach(viewer);
    viewer.on_state([viewers_log](ConnectionState state, const std::optional<Error>& reason) {
      const std::string name(peer::name_of(state));
      viewers_log->write(runtime::now(), name,
                         {LogLevel::info, "viewer", name + (reason ? std::string(": ") + reason->what() : "")});
    });
  });
  const runtime::StopSignal stop;
  if (o.robot.connection.relay_only && o.common.turn.empty()) {
    log({LogLevel::warning, "robot",
         "only TURN servers may be used, but --turn names none: viewers are refused unless the server names one"});
  }
  robot.start();
  rates->watch(robot);
  const auto stats = [&] { return stats_line(robot, camera, *out, drive.get(), audio, box, *viewers_log); };
  if (box != nullptr) box->watch([stats] { return stats()["stats"]; }, camera);
  const app::Snapshots snapshots(robot, camera, o.snapshots);
  if (o.messages || o.drive.telemetry) lines.start_reading();
  const milliseconds stats_pause(static_cast<std::int64_t>(o.stats_every * 1000));
  auto stats_due = steady_clock::now() + stats_pause, data_due = steady_clock::now();
  // The time until the next periodic task.
  const auto pause = [&] {
    if (simulation) return kTelemetryPause;
    const auto next = std::min(drive ? data_due : steady_clock::time_point::max(),
                               o.stats_every > 0 ? stats_due : steady_clock::time_point::max());
    if (next == steady_clock::time_point::max()) return kLongPause;
    return std::max(std::chrono::ceil<milliseconds>(next - steady_clock::now()), milliseconds(1));
  };
  while (!stop.wait_for(pause())) {
    const auto now = steady_clock::now();
    viewers_log->flush(runtime::now());
    if (simulation) drive->tell(simulation->telemetry());
    if (drive && now >= data_due) {
      data_due = now + kDataPause;
      if (const auto data = robot.stats().data) drive->tell(app::telemetry_of(*data));
    }
    if (o.stats_every <= 0 || now < stats_due - milliseconds(1)) continue;
    stats_due = now + stats_pause;
    out->write(stats());
  }
  log({LogLevel::info, "robot", "stopping"});
  let_go.now();
  robot.close();
  viewers_log->flush(kNever);
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
    run(options, box.get(), log);
    return app::kExitOk;
  } catch (const Error& error) {
    std::fprintf(stderr, "rtcbot-robot: %s\n", error.what());
    const bool is_config = error.code() == Errc::bad_config || error.code() == Errc::bad_address;
    return is_config ? app::kExitBadConfig : app::kExitFailure;
  }
}
