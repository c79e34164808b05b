#pragma once

#include <string_view>

#include "rtcbot/base/result.hpp"

namespace rtcbot::media {

/// Whether `text` begins like the address of an RTSP camera: rtsp, rtsps, or one of GStreamer's forms that name the
/// transport too, for example rtspt (TCP only) and rtspst (TLS over TCP).
[[nodiscard]] bool is_rtsp_address(std::string_view text);

/// Checks what GStreamer would misread without a word: a password with raw '@', ':', '/', '#', '?' or '%', a port that
/// is none, an address without a host.  @pre `is_rtsp_address(text)`.  Errors: bad_config, with a sentence that does
/// not show the password.  Source: RFC 3986 section 3.2.
[[nodiscard]] Result<void> check_rtsp_address(std::string_view text);

}  // namespace rtcbot::media
