#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// What --camera says: "NAME=SOURCE", or a source alone.
struct NamedSource {
  std::string name{};
  std::string source{};
  friend bool operator==(const NamedSource&, const NamedSource&) = default;
};

/// Reads all of them; what has no name is called "camera", "camera 2" and so on.
/// Errors: bad_config, for a name that is used twice.
[[nodiscard]] Result<std::vector<NamedSource>> parse_cameras(const std::vector<std::string>& words);

/// The robot's cameras, and who is shown which. Thread-safe.
class Cameras {
 public:
  struct Named {
    std::string name{};
    Camera camera;
  };

  /// @pre at least one.
  explicit Cameras(std::vector<Named> cameras) : cameras_(std::move(cameras)) {}

  [[nodiscard]] const std::vector<Named>& all() const { return cameras_; }
  /// The one that everybody sees at first, and the server's list.
  [[nodiscard]] const Camera& first() const { return cameras_.front().camera; }
  [[nodiscard]] std::vector<std::string> names() const;

  /// Shows this viewer the cameras; the connection's call-back is on the callback thread.
  void show_to(std::int64_t viewer, RTCConnection& connection);
  /// Shows it that one from now on. False: there is no such camera, or viewer.
  bool show(std::int64_t viewer, const std::string& camera);

 private:
  const std::vector<Named> cameras_;
  std::mutex mutex_;
  std::map<std::int64_t, CameraSwitch> switches_;
};

}  // namespace rtcbot::app
