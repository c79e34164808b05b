#include "rtcbot/congestion/delivery_window.hpp"

#include <algorithm>

namespace rtcbot::congestion {

namespace {

/// What stays of a gap that is cut out: about a frame's interval, so that the rate does not rise by the cut.
constexpr Duration kGapLeft{30'000};

}  // namespace

void DeliveryWindow::add(Timestamp received_at, DataSize size) {
  Timestamp at = received_at - cut_;
  if (!arrivals_.empty()) {
    const Duration gap = at - arrivals_.back().at;
    if (gap > config_.longest_gap) {
      cut_ += gap - kGapLeft;
      at = arrivals_.back().at + kGapLeft;
    }
    at = std::max(at, arrivals_.back().at);
  }
  arrivals_.push_back({at, size});
  total_ += size;
  while (arrivals_.front().at <= at - config_.window) {
    total_ -= arrivals_.front().size;
    arrivals_.pop_front();
  }
}

DataRate DeliveryWindow::rate() const { return total_ / config_.window; }

void DeliveryWindow::reset() {
  arrivals_.clear();
  total_ = DataSize();
  cut_ = Duration::zero();
}

}  // namespace rtcbot::congestion
