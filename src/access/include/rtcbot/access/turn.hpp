#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/access/grant.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::access {

/// A credential for one TURN server until `expires`, which coturn (`use-auth-secret`) checks by itself.
///
/// username "EXPIRES:LABEL", password base64(HMAC-SHA1(secret, username)).
/// Source: draft-uberti-behave-turn-rest-00 section 2.2.
[[nodiscard]] signal::IceServer turn_credential(std::vector<std::string> urls, std::string_view secret,
                                                std::string_view label, UnixTime expires);

/// When a credential that is asked for now ends: with its owner's right (`ends`), and else `life` at the most and three
/// quarters of it at the least after now. Who asks again within a quarter is given the same, so that one owner has at
/// most five that are good, however often he asks.
[[nodiscard]] UnixTime turn_expiry(UnixTime now, std::chrono::seconds life, UnixTime ends = UnixTime::max());

/// One TURN server with all ways to it.
struct Relay {
  std::vector<std::string> urls{};
  int weight = 1;  ///< 1 to 1000. Of two relays the one of twice the weight is chosen twice as often.
  friend bool operator==(const Relay&, const Relay&) = default;
};

/// A number from 0 up to, not including, its argument.
using Dice = std::function<std::uint64_t(std::uint64_t)>;

/// `count` different relays (or all, if there are fewer) by weight, the first chosen first. Pure but for the dice.
[[nodiscard]] std::vector<Relay> pick_relays(std::vector<Relay> relays, std::size_t count, const Dice& dice);

}  // namespace rtcbot::access
