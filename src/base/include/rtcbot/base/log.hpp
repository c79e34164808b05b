#pragma once

#include <functional>
#include <string>

namespace rtcbot {

/// How much a log record matters. `error`: a person must act; `warning`: something was lost; `info`: life-cycle.
enum class LogLevel { debug, info, warning, error };

/// One thing that happened, as a value: rooms make records, only programs print them.
struct LogRecord {
  LogLevel level = LogLevel::info;
  std::string room;     ///< Who says it: "media", "peer", …
  std::string message;  ///< A sentence. Never holds a secret; may quote untrusted input, shortened.

  friend bool operator==(const LogRecord&, const LogRecord&) = default;
};

/// Where records go. May be called from any thread, must not block and must not call back. Empty: nowhere.
using LogSink = std::function<void(const LogRecord&)>;

}  // namespace rtcbot
