#pragma once

#include <algorithm>
#include <chrono>
#include <string>

#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// By which way a machine sends.
struct KeptWay {
  std::string interface {};  ///< Empty: not known; files of earlier versions do not tell.
  std::string address{};     ///< Empty: there is no way.
  friend bool operator==(const KeptWay&, const KeptWay&) = default;
};

/// What a connection of an earlier run of the program found out of the path, as it was written down.
struct KeptRate {
  DataRate estimate{};
  std::chrono::milliseconds age{};  ///< By the machine's clock, which may have been set back meanwhile.
  KeptWay way{};
};

/// At least, and at most, this share of what was found is begun with.
struct KeptShare {
  double least = 0;
  double most = 0;
};

struct KeptRateRules {
  std::chrono::milliseconds fresh{600'000};  ///< From this age on it is worth nothing.
  KeptShare same_address{0.5, 0.75};         ///< The radio has moved on since.
  /// By the same interface, but from another address: a modem that attached anew, most likely to the same network, or a
  /// Wi-Fi in another house.
  KeptShare other_address{0.25, 0.5};
};

/// The rate to begin with: `configured`, moved to what an earlier run found where that is fresh and of the same
/// interface. What another interface carried says nothing of this one.
///
/// Pure.
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
