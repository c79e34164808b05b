#pragma once

#include <deque>
#include <optional>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// Measures the rate at which packets arrive, over a short window of the receiver's time.
///
/// Cuts out silences longer than `longest_gap`: an outage does not tell the rate before or after it.
class DeliveryWindow {
 public:
  struct Config {
    Duration window{260'000};
    Duration longest_gap{570'000};
  };

  explicit DeliveryWindow(Config config) : config_(config) {}

  /// Records the arrival of a packet. Out-of-order packets count at the latest time so far.
  void add(Timestamp received_at, DataSize size);

  /// The data that arrived in the window ending with the newest packet, divided by the window's length.
  [[nodiscard]] DataRate rate() const;

  /// True if a whole window has passed since the first packet. Before that, the rate is too low.
  [[nodiscard]] bool is_full() const;

  void reset();

 private:
  struct Arrival {
    Timestamp at;
    DataSize size;
  };

  Config config_;
  std::deque<Arrival> arrivals_;
  DataSize total_;
  std::optional<Timestamp> began_at_;
  Duration cut_{};  ///< Total time cut out so far.
};

}  // namespace rtcbot::congestion
