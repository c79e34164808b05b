#include "rtcbot/log.hpp"

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "context.hpp"

namespace rtcbot {
namespace {

void print_warnings(const LogRecord& record) {
  if (record.level < LogLevel::warning) return;
  const std::string line = "rtcbot " + record.room + ": " + record.message + "\n";
  std::fputs(line.c_str(), stderr);
}

struct CurrentLog {
  std::mutex mutex;
  std::shared_ptr<const LogSink> sink = std::make_shared<const LogSink>(print_warnings);
};

CurrentLog& log() {
  static CurrentLog current;
  return current;
}

}  // namespace

void set_log(LogSink sink) {
  auto next = std::make_shared<const LogSink>(std::move(sink));
  const std::lock_guard lock(log().mutex);
  log().sink = std::move(next);
}

LogSink current_log() {
  // Looks the sink up at each record, so that objects made before `set_log` use it too.
  return [](const LogRecord& record) {
    std::shared_ptr<const LogSink> sink;
    {
      const std::lock_guard lock(log().mutex);
      sink = log().sink;
    }
    if (*sink) (*sink)(record);
  };
}

}  // namespace rtcbot
