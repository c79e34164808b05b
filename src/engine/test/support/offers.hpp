#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace rtcbot::engine::testing {

/// Reads an offer from `test/data`; `name` omits the ending ".sdp".
[[nodiscard]] std::string offer_named(const std::string& name);

/// The names of all offers, in alphabetical order.
[[nodiscard]] std::vector<std::string> offer_names();

/// Makes one to four changes to the offer: drops, repeats or swaps lines, changes digits or characters, moves, repeats
/// or drops whole sections.
[[nodiscard]] std::string mutated(std::string offer, std::mt19937& random);

}  // namespace rtcbot::engine::testing
