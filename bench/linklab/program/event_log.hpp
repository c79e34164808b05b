#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::linklab {

/// One line for each thing that happens to a packet or to the link: `t_us,direction,event,size,queued_us`.
///
/// direction: u (from a to b), d. event: i in, o out, q dropped by the full queue, l lost, f flushed by an outage,
/// n refused by the NAT; and for the link: start (both directions: -), rate (size: bits a second), outage (size: its
/// microseconds), end (of an outage), rebind, address. t_us counts from the program's start; the newest `start` line is
/// time zero.
class EventLog {
 public:
  /// An empty path: writes nothing. Errors: `bad_config` when the file cannot be made.
  [[nodiscard]] static Result<EventLog> create(const std::string& path);

  void write(Timestamp at, char direction, const char* event, std::int64_t size, Duration queued_for = {});
  /// So that others can read what there is.
  void flush();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace rtcbot::linklab
