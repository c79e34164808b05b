#include "rtcbot/broker/legacy_queue.hpp"

#include <utility>

namespace rtcbot::broker {

std::optional<signal::Description> LegacyQueue::take_next() {
  if (sent_ || waiting_.empty()) return std::nullopt;
  auto oldest = waiting_.extract(waiting_.begin());
  sent_ = oldest.key();
  return std::move(oldest.mapped());
}

}  // namespace rtcbot::broker
