#pragma once

#include "rtcbot/base/log.hpp"

namespace rtcbot {

/// Sends the library's log records to `sink` from now on; an empty one silences it. Until this is called, warnings and
/// errors go to standard error, because a robot that waits in silence helps nobody. Thread-safe.
void set_log(LogSink sink);

}  // namespace rtcbot
