#include "camera_search.hpp"

#include <algorithm>

namespace rtcbot::media {
namespace {

bool contains(const FoundCameras& cameras, const Source& source) {
  return std::find(cameras.begin(), cameras.end(), source) != cameras.end();
}

}  // namespace

const std::optional<Source>& CameraSearch::choose(Timestamp now, const FoundCameras& found) {
  const bool is_present = chosen_ && contains(found, *chosen_);
  const auto fresh =
      std::find_if(found.begin(), found.end(), [&](const Source& source) { return !contains(others_, source); });
  if (!is_present && fresh != found.end()) {
    chosen_ = *fresh;
    others_ = found;
    std::erase(others_, *chosen_);
  }
  next_at_ = chosen_ ? kNever : now + kInterval;
  return chosen_;
}

bool CameraSearch::replaces_test_picture(Timestamp now, const FoundCameras& found) {
  if (chosen_) return false;
  next_at_ = now + kInterval;
  return !found.empty();
}

}  // namespace rtcbot::media
