#pragma once

#include <api/field_trials_view.h>

#include <memory>
#include <string>
#include <utility>

namespace rtcbot::engine {

class Path;

/// This project's values of libwebrtc's switches; others keep libwebrtc's defaults.
///
/// Our own class, because libwebrtc's usual one reads a string that is global to the process.
///
/// Each connection has its own object, because that is passed to the factory of its congestion controller, and so
/// carries the connection's `Path`.
class Trials : public webrtc::FieldTrialsView {
 public:
  explicit Trials(std::shared_ptr<Path> path = nullptr) : path_(std::move(path)) {}

  [[nodiscard]] const std::shared_ptr<Path>& path() const { return path_; }

  std::string Lookup(absl::string_view key) const override {
    // Packets of up to 20 ms leave together. Sent singly, each costs the pacer a timer and two thread switches: at
    // 720p30 a third of a viewer's total cost. A frame interval is 33 ms, so this delays no frame.
    if (key == "WebRTC-BurstyPacer") return "burst:20ms";
    // Otherwise libwebrtc ignores the controller that it is given.
    if (key == "WebRTC-Bwe-InjectedCongestionController") return "Enabled";
    // Repair packets for H.264 too: libwebrtc sends the other kind (ULPFEC) only with VP8. Browsers offer to accept
    // them.
    if (key == "WebRTC-FlexFEC-03" || key == "WebRTC-FlexFEC-03-Advertised") return "Enabled";
    return "";
  }

 private:
  std::shared_ptr<Path> path_;
};

}  // namespace rtcbot::engine
