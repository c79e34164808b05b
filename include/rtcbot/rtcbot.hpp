#pragma once

/// All of RTCBot for C++, except `rtcbot/cv_camera.hpp`, which needs OpenCV.
#include "rtcbot/audio.hpp"
#include "rtcbot/camera.hpp"
#include "rtcbot/driving.hpp"
#include "rtcbot/error.hpp"
#include "rtcbot/http_server.hpp"
#include "rtcbot/javascript.hpp"
#include "rtcbot/json.hpp"
#include "rtcbot/log.hpp"
#include "rtcbot/robot.hpp"
#include "rtcbot/rtc_connection.hpp"
#include "rtcbot/run.hpp"
#include "rtcbot/subscriptions.hpp"
#include "rtcbot/websocket.hpp"
