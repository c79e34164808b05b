#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <queue>
#include <vector>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"
#include "rtcbot/linklab/capacity.hpp"
#include "rtcbot/linklab/link_config.hpp"
#include "rtcbot/linklab/random.hpp"

namespace rtcbot::linklab {

/// What became of a packet at the entrance.
enum class Offered {
  queued,   ///< It will be delivered, unless an outage empties the queue.
  dropped,  ///< The queue is full.
  lost,     ///< The dice have it.
};

/// A packet at the far end.
struct Delivery {
  std::uint64_t id = 0;
  DataSize size;
  Timestamp at{};         ///< Never after the `now` of the `advance` that returned it.
  Duration queued_for{};  ///< From the offer until the last byte has left the queue: waiting and transmission.
  friend bool operator==(const Delivery&, const Delivery&) = default;
};

/// What has passed, in packets and bytes, since the beginning.
struct LinkCounters {
  struct Count {
    std::int64_t packets = 0;
    DataSize size;
    void add(DataSize bytes) {
      ++packets;
      size += bytes;
    }
    friend bool operator==(const Count&, const Count&) = default;
  };
  Count offered;               ///< All; the sum of the next five, of the queue and of what is on its way.
  Count lost;                  ///< By the dice.
  Count dropped;               ///< By the full queue.
  Count flushed;               ///< By outages that empty the queue.
  Count delivered;             ///< Returned by `advance`.
  std::int64_t held_back = 0;  ///< For reordering.
  friend bool operator==(const LinkCounters&, const LinkCounters&) = default;
};

/// One direction of a link, in virtual time: loss, then a drop-tail queue served by a rate or a trace, then delay.
///
/// Exact: at a constant rate a packet leaves at the microsecond (rounded up) at which its last bit would, and what was
/// rounded is given to the packet behind it. An opportunity of a trace is used by the queue's head: small packets share
/// it, large ones span several, and what finds no packet is lost. A packet offered at the very instant of an
/// opportunity waits for the next.
///
/// Every `now` must not be before an earlier one; an earlier one is taken for the latest. The same calls give the same
/// results, everywhere. No clock, no I/O. Not thread-safe; distinct objects are independent.
class Link {
 public:
  /// `start`: time zero of trace, steps and outages.  @pre `validate(config)` has a value.
  explicit Link(const LinkConfig& config, Timestamp start = Timestamp{});

  /// A packet arrives at the entrance. `id` is the caller's and comes back with the delivery.  @pre `size` is positive.
  Offered offer(Timestamp now, DataSize size, std::uint64_t id);

  /// What has arrived at the far end until and at `now`, in the order of arrival.
  [[nodiscard]] std::vector<Delivery> advance(Timestamp now);

  /// When to call `advance` next; none while nothing is queued or on its way. Always after the latest `now`.
  /// It may return nothing at that time: the instant may be that of a change or a departure.
  [[nodiscard]] std::optional<Timestamp> next_event() const;

  /// The packets that an outage has taken out of the queue since the last call.
  [[nodiscard]] std::vector<std::uint64_t> take_flushed();

  [[nodiscard]] DataSize queued_bytes() const { return queued_; }
  [[nodiscard]] std::size_t queued_packets() const { return queue_.size(); }
  [[nodiscard]] const LinkCounters& counters() const { return counters_; }
  /// The rate of this moment: zero in an outage, the trace's mean with a trace.
  [[nodiscard]] DataRate rate() const;
  [[nodiscard]] bool is_out() const { return capacity_.current().out; }

  /// What could have been carried in (from, to].  @pre start <= from <= to <= the latest `now`.
  [[nodiscard]] DataSize offered_capacity(Timestamp from, Timestamp to) const { return capacity_.between(from, to); }

  /// From now on a constant rate, in place of the trace and of all steps to come. Scaled, as the others are.
  void set_rate(Timestamp now, DataRate rate);
  /// Nothing is served for `length` (until `end_outage`, when it is not given).
  void begin_outage(Timestamp now, Duration length = Duration::max(), OutageQueue queue = OutageQueue::hold);
  /// Ends every outage of this moment, planned or not.
  void end_outage(Timestamp now);
  /// Restarts trace, steps, planned outages and random numbers at `now`. Keeps queue, packets in flight and counters.
  void restart(Timestamp now);

 private:
  struct Queued {
    std::uint64_t id;
    DataSize size;
    Timestamp offered_at;
  };
  struct OnTheWay {
    Delivery delivery;
    std::uint64_t order;  ///< Of departure: decides between two of the same time.
    friend bool operator>(const OnTheWay& a, const OnTheWay& b) {
      return a.delivery.at != b.delivery.at ? a.delivery.at > b.delivery.at : a.order > b.order;
    }
  };

  void serve_to(Timestamp now);
  void serve_by_rate(Timestamp end);
  void serve_by_trace(Timestamp end);
  void depart(Timestamp at);
  void load_head();
  void flush();
  void roll();
  [[nodiscard]] bool is_lost();
  [[nodiscard]] std::optional<Timestamp> next_service() const;

  LinkConfig config_;  ///< Without its trace, which `capacity_` has.
  Capacity capacity_;
  Timestamp clock_;  ///< Everything until and at this time has been served.
  std::deque<Queued> queue_;
  DataSize queued_;
  std::int64_t head_left_ =
      0;  ///< Of the queue's head, in micro-bits (bits x 10^6): a rate of n serves n each microsecond.
  std::priority_queue<OnTheWay, std::vector<OnTheWay>, std::greater<>> on_the_way_;
  std::uint64_t departures_ = 0;
  std::vector<std::uint64_t> flushed_;
  LinkCounters counters_;
  Random loss_dice_{0};
  Random order_dice_{0};
  bool in_bad_state_ = false;
};

}  // namespace rtcbot::linklab
