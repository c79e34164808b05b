#pragma once

#include <string>

namespace rtcbot::server {

// Each returns an empty text if `text` is valid; otherwise a sentence about the fault.

/// For `SignallingServer::Options::allowed_origins`.
[[nodiscard]] std::string check_allowed_origin(const std::string& text);
/// For `SignallingServer::Options::frame_ancestors`.
[[nodiscard]] std::string check_frame_ancestor(const std::string& text);

}  // namespace rtcbot::server
