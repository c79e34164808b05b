#pragma once

#include <algorithm>
#include <chrono>
#include <string>

#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// The outgoing interface and address of a machine.
struct Egress {
  std::string interface {};  ///< Empty: unknown; older versions did not store it.
  std::string address{};     ///< Empty: no route.
  friend bool operator==(const Egress&, const Egress&) = default;
};

/// A bandwidth estimate stored by an earlier run of the program.
struct CachedEstimate {
  DataRate estimate{};
  std::chrono::milliseconds age{};  ///< By the system clock, which may have been set back since.
  Egress egress{};
};

/// Range of the stored estimate's share that is used as the start rate.
struct CachedShare {
  double least = 0;
  double most = 0;
};

struct CachedEstimateRules {
  std::chrono::milliseconds fresh{600'000};  ///< An estimate of this age or older is not used.
  CachedShare same_address{0.5, 0.75};       ///< The radio conditions have changed since.
  /// The same interface with another address: probably a modem that reconnected to the same network, or a Wi-Fi at
  /// another place.
  CachedShare other_address{0.25, 0.5};
};

/// Returns the start rate: `configured`, limited to a range around the stored estimate if that is fresh and from the
/// same interface. An estimate of another interface is not used.
[[nodiscard]] inline DataRate start_from(const CachedEstimate& kept, const Egress& now, DataRate configured,
                                         const CachedEstimateRules& rules = {}) {
  const bool is_fresh = kept.age >= std::chrono::milliseconds::zero() && kept.age < rules.fresh;
  if (!is_fresh || kept.egress.address.empty() || now.address.empty() || kept.estimate <= DataRate()) return configured;
  const bool is_same_address = kept.egress.address == now.address;
  const bool is_same_interface = kept.egress.interface == now.interface && !now.interface.empty();
  if (!is_same_interface && !(kept.egress.interface.empty() && is_same_address)) return configured;
  const CachedShare& share = is_same_address ? rules.same_address : rules.other_address;
  return std::clamp(configured, kept.estimate * share.least, kept.estimate * share.most);
}

}  // namespace rtcbot::congestion
