#pragma once

#include <api/fec_controller.h>

#include <memory>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Makes what decides on repair packets for each video: `congestion::protection_for`, in the shape that libwebrtc asks
/// for.
[[nodiscard]] std::unique_ptr<webrtc::FecControllerFactoryInterface> make_fec_controller_factory();

}  // namespace rtcbot::engine
