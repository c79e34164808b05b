#pragma once

#include <algorithm>

#include "rtcbot/base/time.hpp"

namespace rtcbot::engine_client {

/// The wait before the engine is started again. An engine that has served is replaced immediately, because a driver
/// waits for it. An engine that ends before it is ready will probably do so again, so its wait doubles. Pure; not
/// thread-safe.
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
