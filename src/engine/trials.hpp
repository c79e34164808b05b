#pragma once

#include <api/field_trials_view.h>

#include <memory>
#include <string>
#include <utility>

namespace rtcbot::engine {

class Path;

/// libwebrtc's switches as this project sets them; those that are not named here stay at libwebrtc's own defaults.
///
/// A view of our own, because libwebrtc's usual one reads a string that is global to the process.
///
/// Each connection has its own, because it is what reaches the maker of its congestion controller: the way to hand over
/// the connection's `Path`.
class Trials : public webrtc::FieldTrialsView {
 public:
  explicit Trials(std::shared_ptr<Path> path = nullptr) : path_(std::move(path)) {}

  [[nodiscard]] const std::shared_ptr<Path>& path() const { return path_; }

  std::string Lookup(absl::string_view key) const override {
    // Packets of up to 20 ms leave together. One by one, each costs the pacer a timer and two changes of thread: at
    // 720p30 a third of all that a viewer costs. A frame's interval is 33 ms, so no frame leaves later for it.
    if (key == "WebRTC-BurstyPacer") return "burst:20ms";
    // Without it libwebrtc takes no notice of the controller it is given.
    if (key == "WebRTC-Bwe-InjectedCongestionController") return "Enabled";
    // Repair packets for H.264 too: the other kind (ULPFEC) libwebrtc sends with VP8 only. Browsers offer to take them.
    if (key == "WebRTC-FlexFEC-03" || key == "WebRTC-FlexFEC-03-Advertised") return "Enabled";
    return "";
  }

 private:
  std::shared_ptr<Path> path_;
};

}  // namespace rtcbot::engine
