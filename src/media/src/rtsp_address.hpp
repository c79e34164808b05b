#pragma once

#include <string_view>

#include "rtcbot/base/result.hpp"

namespace rtcbot::media {

/// True if `text` begins like the address of an RTSP camera: rtsp, rtsps, or a scheme of GStreamer that includes the
/// transport, for example rtspt (TCP only) and rtspst (TLS over TCP).
[[nodiscard]] bool is_rtsp_address(std::string_view text);

/// Rejects addresses that GStreamer would misread silently: raw '@', ':', '/', '#', '?' or '%' in a password, an
/// invalid port, a missing host.  @pre `is_rtsp_address(text)`.  Errors: bad_config, with a sentence that does not show
/// the password.  Source: RFC 3986 section 3.2.
[[nodiscard]] Result<void> check_rtsp_address(std::string_view text);

}  // namespace rtcbot::media
