#pragma once

#include "rtcbot/base/log.hpp"

namespace rtcbot {

/// Sends the library's log records to `sink` from now on; an empty sink discards them. Before the first call, warnings
/// and errors go to standard error, so that a robot that cannot connect does not fail silently. Thread-safe.
void set_log(LogSink sink);

}  // namespace rtcbot
