#pragma once

#include <rtc_base/logging.h>

#include <string>

#include "rtcbot/base/log.hpp"
#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Passes libwebrtc's log lines, from warnings up, as records to `sink`, and keeps them off stderr. libwebrtc logs per
/// process: with several engines each sink gets all lines.
///
/// Listens from construction to destruction. Thread-safe.
class EngineLog : public rtc::LogSink {
 public:
  explicit EngineLog(rtcbot::LogSink sink);
  ~EngineLog() override;
  EngineLog(const EngineLog&) = delete;
  EngineLog& operator=(const EngineLog&) = delete;

  using rtc::LogSink::OnLogMessage;
  void OnLogMessage(const std::string& message, rtc::LoggingSeverity severity) override;
  void OnLogMessage(const std::string& message) override;

  /// Logs a record of this room.
  void write(LogLevel level, const std::string& message) const;

 private:
  const rtcbot::LogSink sink_;  // rtc::LogSink is the base class here.
};

}  // namespace rtcbot::engine
