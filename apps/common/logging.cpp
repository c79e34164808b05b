#include "common/logging.hpp"

#include <memory>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include "rtcbot/base/ascii.hpp"
#include "rtcbot/base/redact.hpp"

namespace rtcbot::app {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

LogSink make_log(const LogOptions& options) {
  auto logger = std::make_shared<spdlog::logger>("rtcbot", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_level(spdlog::level::from_str(options.level));
  logger->flush_on(spdlog::level::info);
  const bool json = options.format == "json";
  // In the JSON form %v is the rest of the object.
  logger->set_pattern(json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})" : "%H:%M:%S.%e %^%l%$ %v");
  return [logger, json](const LogRecord& record) {
    // Most rooms remove passwords; messages of other libraries may still hold one.
    const std::string message = without_passwords(record.message);
    if (json) {
      logger->log(level_of(record.level), "\"room\":{},\"message\":{}", quoted(record.room), quoted(message));
    } else {
      logger->log(level_of(record.level), "{}: {}", record.room, printable(message));
    }
  };
}

}  // namespace rtcbot::app
