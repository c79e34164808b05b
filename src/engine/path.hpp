#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"
#include "rtcbot/congestion/frame_gate.hpp"
#include "rtcbot/congestion/path_controller.hpp"

namespace rtcbot::engine {

/// What one connection knows of its path, between the thread that hears of packets and the one that makes frames.
///
/// It drives only where the other side reports on packets one by one (`transport-cc`); to others libwebrtc's own
/// controller grants a rate. Thread-safe; the listener is called without a lock held.
class Path {
 public:
  using Clock = std::function<Timestamp()>;
  /// Told the rate that video may have, whenever it may have changed.
  using OnRate = std::function<void(DataRate rate, bool is_trial)>;

  Path(congestion::PathController::Limits limits, Clock clock)
      : clock_(std::move(clock)), limits_(limits), controller_({}, limits) {}

  /// Said once, after negotiation and before the first packet.
  void drive() { drives_ = true; }
  /// Said once, as `drive`: the other side takes repair packets.
  void repairs_in_advance();
  [[nodiscard]] bool drives() const { return drives_; }
  void listen(OnRate on_rate);
  /// Called when a stall begins: something should have been heard, and was not.
  void when_stalled(std::function<void()> on_stall);

  void set_limits(congestion::PathController::Limits limits);
  void on_sent(std::int64_t sequence, DataSize size);
  void on_feedback(std::span<const congestion::PacketReport> reports);
  void on_route_change();
  void on_resume();
  /// Time has passed; a silence may have grown into a stall.
  void on_interval();

  void on_frame(DataSize size);
  /// Empty where this path does not drive.  @param size of a frame that is encoded already
  [[nodiscard]] std::optional<congestion::FrameGate::PathRoom> room(DataSize size = {});

  [[nodiscard]] congestion::PathController::View view();

  /// So much of what the path carries is not the picture's, from now on.
  void set_aside(DataRate rate) { aside_ = rate.bits_per_second(); }

  struct Load {
    DataRate estimate;
    bool is_stalled = false;
  };
  /// Empty where this path does not drive.
  [[nodiscard]] std::optional<Load> load();

 private:
  template <class Change>
  void change(Change change);

  const Clock clock_;
  std::atomic<bool> drives_{false};
  std::atomic<std::int64_t> aside_{0};  ///< Bits per second.
  std::mutex mutex_;
  congestion::PathController::Limits limits_;  ///< Guarded by `mutex_`, as what follows.
  congestion::PathController controller_;
  std::mutex listener_mutex_;
  OnRate on_rate_;
  std::function<void()> on_stall_;
  bool was_stalled_ = false;  ///< Guarded by `mutex_`.
};

}  // namespace rtcbot::engine
