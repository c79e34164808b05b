#pragma once

#include <functional>
#include <memory>

#include "rtcbot/base/time.hpp"
#include "rtcbot/net/io_thread.hpp"

namespace rtcbot::net {

/// Runs a core (`session::Session`, `broker::Broker`, `cluster::Cluster`) on the I/O thread: after each input, all of
/// its actions are carried out, and a timer is set for its next deadline. Used on the I/O thread only.
class CoreLoop {
 public:
  /// The core and the object around it, which owns the loop.
  struct Core {
    std::function<void()> drain;  ///< Polls the core's actions and carries them out until none is left.
    std::function<Timestamp()> next_timeout;
    std::function<void(Timestamp now)> handle_timeout;
  };

  CoreLoop(std::shared_ptr<IoThread> io, Core core) : io_(std::move(io)), core_(std::move(core)) {}

  /// Call it after each input. A call during `drain` returns immediately: the running call carries out the new actions.
  /// @param owner the object that `Core` refers to; the timer does not keep it alive.
  void pump(const std::weak_ptr<void>& owner);

 private:
  void on_timer(const std::weak_ptr<void>& owner);

  const std::shared_ptr<IoThread> io_;
  const Core core_;
  bool is_pumping_ = false;
  std::shared_ptr<void> timer_;
  /// When the timer expires. Not later than the next deadline: a timer that expires early only checks again, which is
  /// cheaper than a new timer for each offer and each answer.
  Timestamp timer_at_ = kNever;
};

}  // namespace rtcbot::net
