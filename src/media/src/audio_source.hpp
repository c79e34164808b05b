#pragma once

#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"

namespace rtcbot::media {

/// What `MicrophoneConfig::source` means, as GStreamer describes it.  Errors: bad_config.
[[nodiscard]] Result<std::string> describe_microphone(std::string_view source);

/// The same of `SpeakerConfig::sink`.  Errors: bad_config.
[[nodiscard]] Result<std::string> describe_speaker(std::string_view sink);

}  // namespace rtcbot::media
