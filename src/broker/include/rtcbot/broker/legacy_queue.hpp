#pragma once

#include <map>
#include <optional>
#include <utility>

#include "rtcbot/signal/description.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::broker {

/// The offers for one legacy robot (unmodified RTCBot), which matches answers to offers by order alone: it gets one
/// offer at a time, and the others wait. Pure; not thread-safe.
class LegacyQueue {
 public:
  /// @pre `id` is greater than that of each earlier offer
  void push(signal::OfferId id, signal::Description offer) { waiting_.emplace(id, std::move(offer)); }

  /// Takes the oldest waiting offer to send it, unless the robot owes an answer; then, or if none waits: nothing.
  [[nodiscard]] std::optional<signal::Description> take_next();

  /// The robot has answered.  @return the offer that it must have answered; nothing if it owed no answer
  [[nodiscard]] std::optional<signal::OfferId> take_answered() { return std::exchange(sent_, std::nullopt); }

  /// The browser has left. An offer that was sent still gets its answer, which is then for nobody.
  void cancel(signal::OfferId id) { waiting_.erase(id); }

 private:
  std::map<signal::OfferId, signal::Description> waiting_;
  std::optional<signal::OfferId> sent_;  ///< The robot owes its answer.
};

}  // namespace rtcbot::broker
