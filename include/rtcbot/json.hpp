#pragma once

#include <nlohmann/json.hpp>

namespace rtcbot {

/// What crosses websockets and data channels.
using Json = nlohmann::json;

}  // namespace rtcbot
