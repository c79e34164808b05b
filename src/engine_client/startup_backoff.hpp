#pragma once

#include <algorithm>

#include "rtcbot/base/time.hpp"

namespace rtcbot::engine_client {

/// How long to wait before the engine is started again. One that has served is replaced immediately: a driver waits
/// for it. One that ends before it is ready will do so again, and is tried less and less often. Pure; not thread-safe.
class StartupBackoff {
 public:
  void on_ready() { next_ = kFirst; }

  /// The wait after an engine that ended.
  [[nodiscard]] Duration after_end(bool was_ready) {
    if (was_ready) return Duration::zero();
    const Duration wait = next_;
    next_ = std::min(next_ * 2, kMax);
    return wait;
  }

 private:
  static constexpr Duration kFirst{100'000};
  static constexpr Duration kMax{5'000'000};
  Duration next_ = kFirst;
};

}  // namespace rtcbot::engine_client
