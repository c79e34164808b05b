#pragma once

#include <functional>

#include "rtcbot/base/error.hpp"

namespace rtcbot {

/// The receiving end of a stream of values. `put_nowait` never blocks and never fails: a consumer drops and counts the
/// values that it cannot hold.
template <class T>
class Consumer {
 public:
  virtual ~Consumer() = default;
  virtual void put_nowait(T value) = 0;
  /// Ends the stream because of `reason`. Values queued before remain available.
  virtual void close(const Error& reason) = 0;
};

/// Runs a task on another thread, soon and in order; for example on the thread of the user's callbacks.
using Executor = std::function<void(std::function<void()>)>;

}  // namespace rtcbot
