#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace rtcbot::engine::testing {

/// An offer from `test/data`, without its ending ".sdp".
[[nodiscard]] std::string offer_named(const std::string& name);

/// The names of all of them, in alphabetical order.
[[nodiscard]] std::vector<std::string> offer_names();

/// The offer with one to four changes: lines dropped, repeated or swapped, digits or characters changed, whole
/// sections moved, repeated or dropped.
[[nodiscard]] std::string mutated(std::string offer, std::mt19937& random);

}  // namespace rtcbot::engine::testing
