#pragma once

#include <cstdint>
#include <deque>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// Counts the bytes in flight: of frames that were handed to the pacer but not sent, and of packets that were sent but
/// not reported.
///
/// Pure. Not thread-safe. Bounded: beyond 20,000 packets the oldest is dropped.
class InFlight {
 public:
  /// A frame was handed to the pacer.  @param size without headers, so that its packets always exceed it and no
  /// remainder is left after they were sent.
  void on_frame(Timestamp now, DataSize size);

  /// A packet was sent. Subtracts its bytes from the oldest waiting frame.
  void on_sent(std::int64_t sequence, DataSize size);

  /// All packets up to this one were reported, as received or lost.
  void on_reported(std::int64_t sequence);

  /// The bytes in flight. Frames that were not sent within 200 ms count as dropped before the pacer.
  [[nodiscard]] DataSize size(Timestamp now);
  [[nodiscard]] bool has_packets() const { return !packets_.empty(); }

  /// The path changed or was interrupted: its packets will not be reported.
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
