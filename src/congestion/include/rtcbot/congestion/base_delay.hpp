#pragma once

#include <optional>

#include "rtcbot/base/time.hpp"

namespace rtcbot::congestion {

/// Estimates the queueing delay of packets: their one-egress delay minus the recent minimum.
///
/// The two ends' clocks have different zeros, so only differences are meaningful. The minimum is kept over two spans;
/// when the younger span is full, the older one is dropped. So a longer path or clock drift is forgotten after at most
/// two spans (like LEDBAT's base delay, RFC 6817 section 3.4.2).
class BaseDelay {
 public:
  explicit BaseDelay(Duration span) : span_(span) {}

  /// Records one packet's delay (the receiver's time minus the sender's) and returns its queueing delay, >= 0.
  Duration queueing(Timestamp now, Duration one_way);

  /// The path changed: discards the minimum.
  void reset();

 private:
  Duration span_;
  std::optional<Timestamp> began_;
  Duration min_now_ = Duration::max();
  Duration min_before_ = Duration::max();
};

}  // namespace rtcbot::congestion
