#pragma once

#include "rtcbot-robot/audio_options.hpp"
#include "rtcbot-robot/drive_program.hpp"
#include "rtcbot-robot/flight_recorder.hpp"
#include "rtcbot-robot/line_writer.hpp"
#include "rtcbot/rtcbot.hpp"
#include "rtcbot/runtime/limited_log.hpp"

namespace rtcbot::app {

/// The parts of the program that have statistics.
struct StatsSources {
  const Robot& robot;
  const Camera& camera;
  const LineWriter& out;
  const DriveProgram* drive;  ///< Null: the robot cannot be driven.
  const AudioSetup& audio;
  const FlightRecorder* box;  ///< Null: no black box.
  const runtime::LimitedLog& viewers_log;
};

/// The object that `--stats-every` prints as "stats", and that the black box records (docs/programs.md).
[[nodiscard]] Json robot_stats(const StatsSources& of);

}  // namespace rtcbot::app
