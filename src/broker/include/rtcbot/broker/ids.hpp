#pragma once

#include "rtcbot/base/strong_id.hpp"

namespace rtcbot::broker {

/// One robot's WebSocket. Unique over the life of a broker.
using SocketId = StrongId<struct SocketIdTag>;
/// One browser's offer, by `POST` or on a page's socket. Unique over the life of a broker.
using RequestId = StrongId<struct RequestIdTag>;

}  // namespace rtcbot::broker
