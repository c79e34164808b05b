#include "rtcbot-robot/robot_stats.hpp"

#include <optional>
#include <utility>

#include "rtcbot-robot/data_figures.hpp"

namespace rtcbot::app {
namespace {

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

Json viewer_stats(const peer::Stats& v) {
  return {{"state", peer::name_of(v.state)},
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
          {"engine_process", v.engine_process}};
}

Json camera_stats(const media::CameraStats& c) {
  return {{"state", media::name_of(c.state)},
          {"source", c.source},
          {"encoder", c.encoder},
          {"frames_captured", c.frames_captured},
          {"frames_encoded", c.frames_encoded},
          {"frames_dropped_before_encoding", c.frames_dropped_before_encoding},
          {"key_frames_encoded", c.key_frames_encoded},
          {"reopened", c.reopened},
          {"viewers", c.viewers}};
}

Json engine_figures(const peer::EngineStats& e) {
  return {{"processes", e.processes}, {"failures", e.failures}, {"isolated", e.isolated},
          {"pauses", e.pauses},       {"suspects", e.suspects}, {"paused", e.paused}};
}

}  // namespace

Json robot_stats(const StatsSources& of) {
  const auto r = of.robot.stats();
  auto viewers = Json::array();
  for (const auto& viewer : of.robot.viewers()) viewers.push_back(viewer_stats(viewer.stats()));
  return {{"data", r.data ? figures_of(*r.data) : Json()},
          {"online", r.state == Robot::State::online},
          {"offers", r.offers},
          {"answers", r.answers},
          {"refusals", r.refusals},
          {"refused_paused", r.refused_paused},
          {"engine", engine_figures(r.engine)},
          {"dials", r.dials},
          {"lines_dropped", of.out.dropped()},
          {"log_lines_suppressed", r.log_lines_suppressed + of.viewers_log.suppressed()},
          {"camera", camera_stats(of.camera.stats())},
          {"driving", of.drive ? of.drive->figures() : Json()},
          {"audio", of.audio.figures()},
          {"black_box", of.box ? of.box->figures() : Json()},
          {"viewers", std::move(viewers)}};
}

}  // namespace rtcbot::app
