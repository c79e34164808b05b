#pragma once

#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"

namespace rtcbot::media {

/// The GStreamer description for `MicrophoneConfig::source`.  Errors: bad_config.
[[nodiscard]] Result<std::string> describe_microphone(std::string_view source);

/// The GStreamer description for `SpeakerConfig::sink`.  Errors: bad_config.
[[nodiscard]] Result<std::string> describe_speaker(std::string_view sink);

}  // namespace rtcbot::media
