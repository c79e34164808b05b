#pragma once

#include <functional>
#include <string>

namespace rtcbot {

/// The severity of a log record. `error`: a person must act; `warning`: something was lost; `info`: life cycle.
enum class LogLevel { debug, info, warning, error };

/// One log record. Rooms create records; only programs print them.
struct LogRecord {
  LogLevel level = LogLevel::info;
  std::string room;     ///< The room that logs it: "media", "peer", …
  std::string message;  ///< A sentence. Contains no secret; may quote untrusted input, shortened.

  friend bool operator==(const LogRecord&, const LogRecord&) = default;
};

/// Receives log records. Any thread may call it; it must not block and must not call back. Empty: records are dropped.
using LogSink = std::function<void(const LogRecord&)>;

}  // namespace rtcbot
