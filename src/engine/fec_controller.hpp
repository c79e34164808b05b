#pragma once

#include <api/fec_controller.h>

#include <memory>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Creates the controllers of repair packets, one for each video: `congestion::protection_for` behind libwebrtc's
/// interface.
[[nodiscard]] std::unique_ptr<webrtc::FecControllerFactoryInterface> make_fec_controller_factory();

}  // namespace rtcbot::engine
