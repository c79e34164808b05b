#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "delays.hpp"
#include "event_log.hpp"
#include "rtcbot/linklab/link.hpp"

namespace rtcbot::linklab {

/// The packets of one direction: their bytes, while the model decides when they arrive.
class Direction {
 public:
  /// Takes a packet at the far end; false when it did not want it.
  using Deliver = std::function<bool(std::span<std::uint8_t>)>;

  /// `name`: u or d, in the log. `log` outlives this.
  Direction(char name, const LinkConfig& config, EventLog& log, Deliver deliver);

  void offer(Timestamp now, std::span<const std::uint8_t> packet);
  /// Delivers what is due.
  void advance(Timestamp now);
  [[nodiscard]] std::optional<Timestamp> next_event() const { return link_.next_event(); }

  void set_rate(Timestamp now, DataRate rate);
  void begin_outage(Timestamp now, Duration length, OutageQueue queue);
  void end_outage(Timestamp now);
  /// Time zero: also of what `stats` counts.
  void restart(Timestamp now);

  struct Stats {
    LinkCounters since_start;
    DataSize capacity;  ///< What could have been carried since the start.
    DataSize queued;
    DataRate rate;
    bool out = false;
    Duration queued_p50{}, queued_p95{}, queued_max{};  ///< Waiting and transmission.
    Duration late_p50{}, late_p95{}, late_max{};        ///< How far this program was behind its model at delivery.
    std::int64_t refused = 0;                           ///< Due, but not taken at the far end.
  };
  [[nodiscard]] Stats stats(Timestamp now) const;

 private:
  void drop_flushed(Timestamp now);
  std::vector<std::uint8_t>& packet(std::uint64_t id) { return packets_[static_cast<std::size_t>(id)]; }

  char name_;
  Link link_;
  EventLog& log_;
  Deliver deliver_;
  std::vector<std::vector<std::uint8_t>> packets_;  ///< By id; grows with what the queue and the delay hold.
  std::vector<std::uint64_t> free_ids_;
  Timestamp start_{};
  LinkCounters at_start_;
  Delays queued_for_;
  Delays late_;
  std::int64_t refused_ = 0;
};

}  // namespace rtcbot::linklab
