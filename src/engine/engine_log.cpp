#include "engine_log.hpp"

#include <utility>

namespace rtcbot::engine {

namespace {

/// libwebrtc quotes whole SDP lines; a log record is a sentence.
constexpr std::size_t kLongestMessage = 500;

std::string shortened(std::string message) {
  while (!message.empty() && message.back() == '\n') message.pop_back();
  if (message.size() > kLongestMessage) message.replace(kLongestMessage, std::string::npos, "...");
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
  // Its errors are not ours to act on (a dummy sound device, an unreachable interface), and a person who sees them at
  // the first viewer looks for a fault that is none; what ends a connection is reported as such.
  write(LogLevel::debug, shortened(message));
}

void EngineLog::OnLogMessage(const std::string& message) { write(LogLevel::debug, shortened(message)); }

void EngineLog::write(LogLevel level, const std::string& message) const {
  if (sink_) sink_({.level = level, .room = "peer", .message = message});
}

}  // namespace rtcbot::engine
