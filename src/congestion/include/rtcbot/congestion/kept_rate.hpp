#pragma once

#include <algorithm>
#include <chrono>
#include <string>

#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// The outgoing interface and address of a machine.
struct KeptWay {
  std::string interface {};  ///< Empty: unknown; older versions did not store it.
  std::string address{};     ///< Empty: no route.
  friend bool operator==(const KeptWay&, const KeptWay&) = default;
};

/// A bandwidth estimate stored by an earlier run of the program.
struct KeptRate {
  DataRate estimate{};
  std::chrono::milliseconds age{};  ///< By the system clock, which may have been set back since.
  KeptWay way{};
};

/// Range of the stored estimate's share that is used as the start rate.
struct KeptShare {
  double least = 0;
  double most = 0;
};

struct KeptRateRules {
  std::chrono::milliseconds fresh{600'000};  ///< An estimate of this age or older is not used.
  KeptShare same_address{0.5, 0.75};         ///< The radio conditions have changed since.
  /// The same interface with another address: probably a modem that reconnected to the same network, or a Wi-Fi at
  /// another place.
  KeptShare other_address{0.25, 0.5};
};

/// Returns the start rate: `configured`, limited to a range around the stored estimate if that is fresh and from the
/// same interface. An estimate of another interface is not used.
[[nodiscard]] inline DataRate start_from(const KeptRate& kept, const KeptWay& now, DataRate configured,
                                         const KeptRateRules& rules = {}) {
  const bool is_fresh = kept.age >= std::chrono::milliseconds::zero() && kept.age < rules.fresh;
  if (!is_fresh || kept.way.address.empty() || now.address.empty() || kept.estimate <= DataRate()) return configured;
  const bool is_same_address = kept.way.address == now.address;
  const bool is_same_interface = kept.way.interface == now.interface && !now.interface.empty();
  if (!is_same_interface && !(kept.way.interface.empty() && is_same_address)) return configured;
  const KeptShare& share = is_same_address ? rules.same_address : rules.other_address;
  return std::clamp(configured, kept.estimate * share.least, kept.estimate * share.most);
}

}  // namespace rtcbot::congestion
