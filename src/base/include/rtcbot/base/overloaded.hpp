#pragma once

#include <concepts>

namespace rtcbot {

/// Combines function objects into one, for `std::visit`:
///
///     std::visit(Overloaded{[](const Dial&) { … }, [](const SendText& text) { … }}, action);
///
/// Write a case for each alternative, and none that fits every type: then a new alternative does not compile until it
/// has a case. `OneOf` makes one case for several alternatives.
template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

/// One of the named types: `[](const OneOf<Hello, Welcome> auto&) { … }`.
template <class T, class... Types>
concept OneOf = (std::same_as<T, Types> || ...);

}  // namespace rtcbot
