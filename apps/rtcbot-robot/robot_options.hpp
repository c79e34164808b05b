#pragma once

#include <string>
#include <vector>

#include "common/options.hpp"
#include "rtcbot-robot/audio_options.hpp"
#include "rtcbot-robot/black_box_options.hpp"
#include "rtcbot-robot/drive_options.hpp"
#include "rtcbot-robot/token_options.hpp"
#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// The options of rtcbot-robot: the values of its flags, and the library's options made of them.
struct RobotOptions {
  CommonOptions common;
  std::string server = "ws://localhost:8080/ws";
  TokenOptions token;
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
  DriveOptions drive;
  AudioOptions audio;
  BlackBoxOptions black_box;
};

}  // namespace rtcbot::app
