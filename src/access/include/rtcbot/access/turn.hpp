#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/access/credential.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::access {

/// Creates a credential for one TURN server, valid until `expires`. coturn (`use-auth-secret`) checks it without a
/// database.
[[nodiscard]] signal::IceServer turn_credential(std::vector<std::string> urls, std::string_view secret,
                                                std::string_view label, UnixTime expires);

/// Returns the expiry of a credential requested now: at most `life` and at least three quarters of it after now, and
/// never after `ends`, the end of its owner's permission. Requests within the same quarter get the same expiry, so that
/// one owner has at most five valid credentials.
[[nodiscard]] UnixTime turn_expiry(UnixTime now, std::chrono::seconds life, UnixTime ends = UnixTime::max());

/// One TURN server with all its URLs.
struct Relay {
  std::vector<std::string> urls{};
  int weight = 1;  ///< 1 to 1000. A relay of twice the weight is chosen twice as often.
  friend bool operator==(const Relay&, const Relay&) = default;
};

/// Returns a random number from 0 up to, but not including, its argument.
using Dice = std::function<std::uint64_t(std::uint64_t)>;

/// Chooses `count` different relays (or all, if there are fewer) by weight, in order of choice. Pure except for the
/// dice.
[[nodiscard]] std::vector<Relay> pick_relays(std::vector<Relay> relays, std::size_t count, const Dice& dice);

}  // namespace rtcbot::access
