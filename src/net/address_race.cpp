#include "address_race.hpp"

#include <algorithm>

namespace rtcbot::net {

Endpoints interleaved(const Endpoints& found) {
  constexpr std::size_t kMax = 16;
  Endpoints first, second, ordered;
  for (const auto& endpoint : found) {
    auto& family = endpoint.protocol() == found.front().protocol() ? first : second;
    if (std::find(family.begin(), family.end(), endpoint) == family.end()) family.push_back(endpoint);
  }
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) ordered.push_back(first[i]);
    if (i < second.size()) ordered.push_back(second[i]);
  }
  if (ordered.size() > kMax) ordered.resize(kMax);
  return ordered;
}

std::optional<std::size_t> AddressRace::next(Timestamp now) {
  if (started_ == addresses_ || now < due_) return std::nullopt;
  due_ = now + kDelay;
  return started_++;
}

void AddressRace::failed(Timestamp now) {
  ++failed_;
  due_ = std::min(due_, now);
}

}  // namespace rtcbot::net
