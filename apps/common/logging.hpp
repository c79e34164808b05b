#pragma once

#include <string>

#include "rtcbot/base/log.hpp"

namespace rtcbot::app {

struct LogOptions {
  std::string level = "info";   ///< debug, info, warning, error.
  std::string format = "text";  ///< text, or json: one object a line.
};

/// A sink that writes to standard error, so that standard output stays free for data. Thread-safe.
[[nodiscard]] LogSink make_log(const LogOptions& options);

}  // namespace rtcbot::app
