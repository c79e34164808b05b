#include "engine_log.hpp"

#include <utility>

namespace rtcbot::engine {

namespace {

/// libwebrtc quotes whole SDP lines; a log record should be a sentence.
constexpr std::size_t kMaxMessage = 500;

std::string shortened(std::string message) {
  while (!message.empty() && message.back() == '\n') message.pop_back();
  if (message.size() > kMaxMessage) message.replace(kMaxMessage, std::string::npos, "...");
  return message;
}

}  // namespace

EngineLog::EngineLog(rtcbot::LogSink sink) : sink_(std::move(sink)) {
  rtc::LogMessage::LogToDebug(rtc::LS_NONE);
  rtc::LogMessage::SetLogToStderr(false);
  rtc::LogMessage::AddLogToStream(this, rtc::LS_WARNING);
}

EngineLog::~EngineLog() { rtc::LogMessage::RemoveLogToStream(this); }

void EngineLog::OnLogMessage(const std::string& message, rtc::LoggingSeverity) {
  // At debug level: we cannot act on its errors (a dummy sound device, an unreachable interface), and they would
  // suggest a fault where there is none. An error that ends a connection is reported separately.
  write(LogLevel::debug, shortened(message));
}

void EngineLog::OnLogMessage(const std::string& message) { write(LogLevel::debug, shortened(message)); }

void EngineLog::write(LogLevel level, const std::string& message) const {
  if (sink_) sink_({.level = level, .room = "peer", .message = message});
}

}  // namespace rtcbot::engine
