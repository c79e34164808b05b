#pragma once

#include <api/field_trials_view.h>

#include <string>

namespace rtcbot::peer {

/// libwebrtc's switches as this project sets them; those that are not named here stay at libwebrtc's own defaults.
///
/// A view of our own, because libwebrtc's usual one reads a string that is global to the process.
class Trials : public webrtc::FieldTrialsView {
 public:
  std::string Lookup(absl::string_view key) const override {
    // Packets of up to 20 ms leave together. One by one, each costs the pacer a timer and two changes of thread: at
    // 720p30 a third of all that a viewer costs. A frame's interval is 33 ms, so no frame leaves later for it.
    if (key == "WebRTC-BurstyPacer") return "burst:20ms";
    return "";
  }
};

}  // namespace rtcbot::peer
