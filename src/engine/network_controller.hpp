#pragma once

#include <api/transport/network_control.h>

#include <memory>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Makes the congestion controller of each connection: ours on its `Path` (found by the connection's `Trials`), or
/// libwebrtc's own where the other side does not report on single packets.
[[nodiscard]] std::unique_ptr<webrtc::NetworkControllerFactoryInterface> make_network_controller_factory();

}  // namespace rtcbot::engine
