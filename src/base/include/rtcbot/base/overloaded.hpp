#pragma once

namespace rtcbot {

/// Combines function objects into one, for `std::visit`:
///
///     std::visit(Overloaded{[](const Dial&) { … }, [](const SendText& text) { … }}, action);
///
/// A case for each alternative and none with `auto`: then a new alternative does not compile until it has a case.
template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...)->Overloaded<Functions...>;

}  // namespace rtcbot
