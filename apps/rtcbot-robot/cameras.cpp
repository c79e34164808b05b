#include "rtcbot-robot/cameras.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::app {
namespace {

constexpr std::size_t kMaxNameBytes = 32;

/// True if the text before '=' can only be meant as a name: a source with '=' has ':' or '/' before it.
bool is_meant_as_name(const std::string& text) { return text.find_first_of(":/") == std::string::npos; }

/// True if the text before '=' is a name. Sources cannot begin like one; GStreamer descriptions contain '=' too.
bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= kMaxNameBytes && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == ' ';
  });
}

}  // namespace

Result<std::vector<NamedSource>> parse_cameras(const std::vector<std::string>& words) {
  std::vector<NamedSource> cameras;
  for (const auto& word : words) {
    const auto equals = word.find('=');
    NamedSource camera{.source = word};
    if (equals != std::string::npos && is_name(word.substr(0, equals))) {
      camera = {.name = word.substr(0, equals), .source = word.substr(equals + 1)};
    } else if (equals != std::string::npos && is_meant_as_name(word.substr(0, equals))) {
      return fail(Errc::bad_config,
                  std::string("'")
                      .append(word.substr(0, equals))
                      .append("' is not the name of a camera: a name has 1 to 32 letters, digits, spaces, - or _"));
    } else {
      camera.name = cameras.empty() ? "camera" : std::string("camera ").append(std::to_string(cameras.size() + 1));
    }
    const bool is_taken = std::any_of(cameras.begin(), cameras.end(),
                                      [&](const NamedSource& other) { return other.name == camera.name; });
    if (is_taken) return fail(Errc::bad_config, "two cameras are called '" + camera.name + "'; give each its own name");
    cameras.push_back(std::move(camera));
  }
  return cameras;
}

std::vector<std::string> Cameras::names() const {
  std::vector<std::string> names;
  for (const auto& each : cameras_) names.push_back(each.name);
  return names;
}

void Cameras::show_to(std::int64_t viewer, RTCConnection& connection) {
  if (cameras_.size() == 1) return connection.video().put_subscription(first());
  std::vector<Camera> cameras;
  for (const auto& each : cameras_) cameras.push_back(each.camera);
  const CameraSwitch choice(cameras);
  connection.video().put_subscription(choice);
  {
    const std::lock_guard lock(selections_->mutex);
    selections_->by_viewer.emplace(viewer, choice);
  }
  connection.on_close([selections = selections_, viewer](const std::optional<Error>&) {
    const std::lock_guard lock(selections->mutex);
    selections->by_viewer.erase(viewer);
  });
}

bool Cameras::show(std::int64_t viewer, const std::string& camera) {
  const auto found =
      std::find_if(cameras_.begin(), cameras_.end(), [&](const Named& each) { return each.name == camera; });
  if (found == cameras_.end()) return false;
  std::optional<CameraSwitch> choice;
  {
    const std::lock_guard lock(selections_->mutex);
    const auto place = selections_->by_viewer.find(viewer);
    if (place == selections_->by_viewer.end()) return false;
    choice = place->second;
  }
  choice->show(static_cast<std::size_t>(found - cameras_.begin()));
  return true;
}

}  // namespace rtcbot::app
