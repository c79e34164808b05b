#pragma once

#include <string>

#include "rtcbot/base/log.hpp"

namespace rtcbot::app {

struct LogOptions {
  std::string level = "info";   ///< debug, info, warning, error.
  std::string format = "text";  ///< text, or json: one object on each line.
};

/// A sink that writes to standard error, because standard output is for data. Thread-safe.
[[nodiscard]] LogSink make_log(const LogOptions& options);

}  // namespace rtcbot::app
