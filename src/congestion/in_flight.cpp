#include "rtcbot/congestion/in_flight.hpp"

#include <algorithm>
#include <chrono>

namespace rtcbot::congestion {

namespace {

constexpr Duration kMaxWait = std::chrono::milliseconds(200);
/// At 1200 bytes a packet, more than two seconds at 80 Mbit/s.
constexpr std::size_t kMaxPackets = 20'000;

}  // namespace

void InFlight::on_frame(Timestamp now, DataSize size) {
  frames_.push_back({now, size});
  waiting_ += size;
}

void InFlight::on_sent(std::int64_t sequence, DataSize size) {
  packets_.push_back({sequence, size});
  sent_ += size;
  if (packets_.size() > kMaxPackets) {
    sent_ -= packets_.front().size;
    packets_.pop_front();
  }
  // Retransmissions and padding are also subtracted from the frame; the small error is soon gone.
  while (size > DataSize() && !frames_.empty()) {
    const DataSize taken = std::min(size, frames_.front().left);
    frames_.front().left -= taken;
    waiting_ -= taken;
    size -= taken;
    if (frames_.front().left <= DataSize()) frames_.pop_front();
  }
}

void InFlight::on_reported(std::int64_t sequence) {
  while (!packets_.empty() && packets_.front().sequence <= sequence) {
    sent_ -= packets_.front().size;
    packets_.pop_front();
  }
}

DataSize InFlight::size(Timestamp now) {
  while (!frames_.empty() && now - frames_.front().at > kMaxWait) {
    waiting_ -= frames_.front().left;
    frames_.pop_front();
  }
  return sent_ + waiting_;
}

void InFlight::clear() {
  packets_.clear();
  frames_.clear();
  sent_ = waiting_ = DataSize();
}

}  // namespace rtcbot::congestion
