#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rtcbot::app {

/// The number of insertions, deletions, replacements and swaps of neighbouring letters that turn `a` into `b`.
/// Source: "optimal string alignment", the restricted form of Damerau, CACM 7 (1964) 171. Pure.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The element of `known` that is nearest to `word`, or that it abbreviates; empty if none is near. Ignores case,
/// leading dashes, and the difference between '_' and '-'. Pure.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& known);

/// The end of a sentence about an unknown word: "; did you mean NEAR?", or `otherwise` if `near` is empty. Pure.
[[nodiscard]] std::string did_you_mean(const std::string& near, const std::string& otherwise = "");

}  // namespace rtcbot::app
