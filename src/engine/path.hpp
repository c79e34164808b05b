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

/// One connection's knowledge of its path, shared by the thread that processes packet reports and the thread that makes
/// frames.
///
/// It is in control only if the other side reports on each packet (`transport-cc`). Otherwise libwebrtc's own
/// controller sets the rate. Thread-safe; calls the listener without a lock.
class Path {
 public:
  using Clock = std::function<Timestamp()>;
  /// Called with the rate for video, whenever it may have changed.
  using OnRate = std::function<void(DataRate rate, bool is_probe)>;

  Path(congestion::PathController::Limits limits, Clock clock)
      : clock_(std::move(clock)), limits_(limits), controller_({}, limits) {}

  /// Called at most once, after negotiation and before the first packet: this path is in control.
  void drive() { drives_ = true; }
  /// Called at most once, like `drive`: the other side accepts repair packets.
  void repairs_in_advance();
  [[nodiscard]] bool drives() const { return drives_; }
  void listen(OnRate on_rate);
  /// Sets the callback for the start of a stall: expected packet reports did not arrive.
  void when_stalled(std::function<void()> on_stall);

  void set_limits(congestion::PathController::Limits limits);
  void on_sent(std::int64_t sequence, DataSize size);
  void on_feedback(std::span<const congestion::PacketReport> reports);
  void on_route_change();
  void on_resume();
  /// Lets time pass; a silence may have become a stall.
  void on_interval();

  void on_frame(DataSize size);
  /// Empty if this path is not in control.  @param size of a frame that is already encoded
  [[nodiscard]] std::optional<congestion::FrameGate::PathRoom> room(DataSize size = {});

  [[nodiscard]] congestion::PathController::Snapshot snapshot();

  /// Reserves this part of the path's rate for data other than video.
  void set_aside(DataRate rate) { aside_ = rate.bits_per_second(); }

  struct Load {
    DataRate estimate;
    bool is_stalled = false;
  };
  /// Empty if this path is not in control.
  [[nodiscard]] std::optional<Load> load();

 private:
  template <class Change>
  void change(Change change);

  const Clock clock_;
  std::atomic<bool> drives_{false};
  std::atomic<std::int64_t> aside_{0};  ///< Bits per second.
  std::mutex mutex_;
  congestion::PathController::Limits limits_;  ///< Guarded by `mutex_`, as the next member.
  congestion::PathController controller_;
  std::mutex listener_mutex_;
  OnRate on_rate_;
  std::function<void()> on_stall_;
  bool was_stalled_ = false;  ///< Guarded by `mutex_`.
};

}  // namespace rtcbot::engine
