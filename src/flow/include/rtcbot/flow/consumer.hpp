#pragma once

#include <functional>

#include "rtcbot/base/error.hpp"

namespace rtcbot {

/// Where values go: the receiving end of RTCBot's one idea. `put_nowait` never blocks and never fails; what a consumer
/// cannot hold it drops and counts.
template <class T>
class Consumer {
 public:
  virtual ~Consumer() = default;
  virtual void put_nowait(T value) = 0;
  /// No more values will come, because of `reason`. Values that came before can still be taken.
  virtual void close(const Error& reason) = 0;
};

/// Runs a task somewhere else, soon, in order: how a value crosses to the thread of the user's callbacks.
using Executor = std::function<void(std::function<void()>)>;

}  // namespace rtcbot
