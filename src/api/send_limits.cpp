#include "send_limits.hpp"

#include <algorithm>

namespace rtcbot {

DataRate SendLimits::share(std::size_t viewers) const {
  if (!total_) return max_;
  return std::clamp(*total_ * (1.0 / static_cast<double>(std::max<std::size_t>(viewers, 1))), min_, max_);
}

std::vector<std::pair<session::ViewerId, DataRate>> SendLimits::update(
    const std::vector<session::ViewerId>& connected) {
  std::erase_if(sent_, [&](const auto& each) {
    return std::find(connected.begin(), connected.end(), each.first) == connected.end();
  });
  const DataRate limit = share(connected.size());
  std::vector<std::pair<session::ViewerId, DataRate>> changed;
  for (const auto viewer : connected) {
    const auto sent = sent_.find(viewer);
    if (sent != sent_.end() && sent->second * 0.98 <= limit && limit <= sent->second * 1.02) continue;
    sent_[viewer] = limit;
    changed.emplace_back(viewer, limit);
  }
  return changed;
}

}  // namespace rtcbot
