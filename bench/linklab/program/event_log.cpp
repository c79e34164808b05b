#include "event_log.hpp"

#include <cerrno>
#include <cstring>

namespace rtcbot::linklab {

Result<EventLog> EventLog::create(const std::string& path) {
  EventLog log;
  if (path.empty()) return log;
  log.file_.reset(std::fopen(path.c_str(), "we"));
  if (!log.file_) return fail(Errc::bad_config, "the log " + path + " cannot be written: " + std::strerror(errno));
  // The disk is slow and the loop is not to wait for it often.
  constexpr std::size_t kBuffer = 1 << 20U;
  std::setvbuf(log.file_.get(), nullptr, _IOFBF, kBuffer);
  std::fputs("t_us,direction,event,size,queued_us\n", log.file_.get());
  return log;
}

void EventLog::write(Timestamp at, char direction, const char* event, std::int64_t size, Duration queued_for) {
  if (!file_) return;
  std::fprintf(file_.get(), "%lld,%c,%s,%lld,%lld\n", static_cast<long long>(at.time_since_epoch().count()), direction,
               event, static_cast<long long>(size), static_cast<long long>(queued_for.count()));
}

void EventLog::flush() {
  if (file_) std::fflush(file_.get());
}

}  // namespace rtcbot::linklab
