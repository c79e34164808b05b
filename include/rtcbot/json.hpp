#pragma once

#include <nlohmann/json.hpp>

namespace rtcbot {

/// The type of messages on websockets and data channels.
using Json = nlohmann::json;

}  // namespace rtcbot
