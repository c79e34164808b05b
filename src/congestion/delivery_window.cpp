#include "rtcbot/congestion/delivery_window.hpp"

#include <algorithm>

namespace rtcbot::congestion {

namespace {

/// Length that remains of a gap: about one frame interval, so that the cut does not raise the rate.
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
  if (!began_at_) began_at_ = at;
  arrivals_.push_back({at, size});
  total_ += size;
  while (arrivals_.front().at <= at - config_.window) {
    total_ -= arrivals_.front().size;
    arrivals_.pop_front();
  }
}

DataRate DeliveryWindow::rate() const { return total_ / config_.window; }

bool DeliveryWindow::is_full() const { return began_at_ && arrivals_.back().at - *began_at_ >= config_.window; }

void DeliveryWindow::reset() {
  began_at_.reset();
  arrivals_.clear();
  total_ = DataSize();
  cut_ = Duration::zero();
}

}  // namespace rtcbot::congestion
