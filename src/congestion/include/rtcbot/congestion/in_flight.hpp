#pragma once

#include <cstdint>
#include <deque>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// Bytes that are on their way: of frames that were handed over but not sent yet, and of packets that were sent but not
/// reported on.
///
/// Pure. Not thread-safe. Bounded: the oldest of more than 20,000 packets is given up.
class InFlight {
 public:
  /// A frame went to the pacer.  @param size without headers: its packets then always add up to more, so that no rest
  /// of it is left waiting once they have left.
  void on_frame(Timestamp now, DataSize size);

  /// A packet left. It takes its bytes from the oldest waiting frame.
  void on_sent(std::int64_t sequence, DataSize size);

  /// All packets up to this one have been reported on, as received or as lost.
  void on_reported(std::int64_t sequence);

  /// What is on its way. Frames that did not leave within 200 ms are taken as dropped on the way to the pacer.
  [[nodiscard]] DataSize size(Timestamp now);
  [[nodiscard]] bool has_packets() const { return !packets_.empty(); }

  /// The path changed or was interrupted: what was on it will not be reported on.
  void clear();

 private:
  struct Packet {
    std::int64_t sequence;
    DataSize size;
  };
  struct Frame {
    Timestamp at;
    DataSize left;
  };

  std::deque<Packet> packets_;
  std::deque<Frame> frames_;
  DataSize sent_;
  DataSize waiting_;
};

}  // namespace rtcbot::congestion
