#pragma once

#include <api/stats/rtc_stats_report.h>

#include "peer_types.hpp"
#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Fills in libwebrtc's counts: bytes and packets of the whole connection, requests for key frames, the path.
void read_report(const webrtc::RTCStatsReport& report, Stats& stats);

}  // namespace rtcbot::engine
