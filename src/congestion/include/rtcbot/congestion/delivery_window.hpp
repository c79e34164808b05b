#pragma once

#include <deque>
#include <optional>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// The rate at which packets have been arriving, over a short window of the receiver's time.
///
/// A silence longer than `longest_gap` is cut out: an outage says nothing of the rate before it or after it.
///
/// Pure. Not thread-safe. Bounded: it holds what arrives in one window.
class DeliveryWindow {
 public:
  struct Config {
    Duration window{260'000};
    Duration longest_gap{570'000};
  };

  explicit DeliveryWindow(Config config) : config_(config) {}

  /// A packet arrived. Out of order is harmless: the later time counts.
  void add(Timestamp received_at, DataSize size);

  /// What arrived in the window that ends with the newest packet, per the window's length.
  [[nodiscard]] DataRate rate() const;

  /// Whether a whole window has passed since the first packet. Before that the rate is too low.
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
  Duration cut_{};  ///< How much of the receiver's time was cut out so far.
};

}  // namespace rtcbot::congestion
