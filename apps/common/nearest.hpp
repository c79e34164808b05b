#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rtcbot::app {

/// How many letters must be put in, taken out, exchanged or swapped with their neighbour to make `a` of `b`.
/// Source: "optimal string alignment", the restricted form of Damerau, CACM 7 (1964) 171. Pure.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The one of `known` that somebody who wrote `word` may have meant; empty where none is near. Case, leading dashes,
/// and
/// '_' in place of '-' are no difference. Pure.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace rtcbot::app
