#pragma once

#include <memory>
#include <utility>

namespace rtcbot {

/// Returns a function object that calls `act(object, arguments…)` while the object exists, and does nothing afterwards.
/// For callbacks of timers and threads that must not keep their owner alive:
///
///     io->post(weakly(weak_from_this(), [](Server& self) { self.pump(); }));
///
/// The object is kept alive during the call, so the call may release the last reference to it.
template <class Object, class Act>
[[nodiscard]] auto weakly(std::weak_ptr<Object> object, Act act) {
  return [object = std::move(object), act = std::move(act)](auto&&... arguments) mutable {
    if (const auto alive = object.lock()) act(*alive, std::forward<decltype(arguments)>(arguments)...);
  };
}

}  // namespace rtcbot
