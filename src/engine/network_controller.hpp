#pragma once

#include <api/transport/network_control.h>

#include <memory>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Creates the congestion controller of each connection: ours on its `Path` (found through the connection's `Trials`),
/// or libwebrtc's own if the other side does not report on single packets.
[[nodiscard]] std::unique_ptr<webrtc::NetworkControllerFactoryInterface> make_network_controller_factory();

}  // namespace rtcbot::engine
