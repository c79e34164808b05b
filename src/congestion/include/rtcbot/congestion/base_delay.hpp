#pragma once

#include <optional>

#include "rtcbot/base/time.hpp"

namespace rtcbot::congestion {

/// How long packets wait in queues on the way: what their one-way delay exceeds the least of the last while by.
///
/// The two ends' clocks have different zeros, so only differences mean something. The least is kept over two spans of
/// which the older one is dropped when the younger is full: a path that became longer, or clocks that drift, are
/// forgotten after at most two spans (as LEDBAT's base delay, RFC 6817 section 3.4.2).
///
/// Pure. Not thread-safe.
class BaseDelay {
 public:
  explicit BaseDelay(Duration span) : span_(span) {}

  /// Takes one packet's delay (its receiver's time less its sender's) into account; gives its time in queues, >= 0.
  Duration queueing(Timestamp now, Duration one_way);

  /// The path changed: what was the least there says nothing here.
  void reset();

 private:
  Duration span_;
  std::optional<Timestamp> began_;
  Duration least_now_ = Duration::max();
  Duration least_before_ = Duration::max();
};

}  // namespace rtcbot::congestion
