#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// What a connection of an earlier run of the program found out of the path, as it was written down.
struct KeptRate {
  DataRate estimate{};
  std::chrono::milliseconds age{};  ///< By the machine's clock, which may have been set back meanwhile.
  std::string way{};                ///< The address from which it was sent; another one is another network.
};

struct KeptRateRules {
  std::chrono::milliseconds fresh{600'000};  ///< From this age on it is worth nothing.
  double least = 0.5;                        ///< At least this share of what was found is begun with,
  double most = 0.75;                        ///< and at most this one: the radio has moved on since.
};

/// The rate to begin with: `configured`, moved to what an earlier run found where that is fresh and of the same way.
///
/// Pure. `way_now` is empty where there is none.
[[nodiscard]] inline DataRate start_from(const KeptRate& kept, std::string_view way_now, DataRate configured,
                                         const KeptRateRules& rules = {}) {
  const bool is_fresh = kept.age >= std::chrono::milliseconds::zero() && kept.age < rules.fresh;
  if (!is_fresh || kept.way.empty() || kept.way != way_now || kept.estimate <= DataRate()) return configured;
  return std::clamp(configured, kept.estimate * rules.least, kept.estimate * rules.most);
}

}  // namespace rtcbot::congestion
