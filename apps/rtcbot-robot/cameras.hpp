#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// One value of --camera: "NAME=SOURCE", or only a source.
struct NamedSource {
  std::string name{};
  std::string source{};
  friend bool operator==(const NamedSource&, const NamedSource&) = default;
};

/// Parses all values. Names those without a name "camera", "camera 2" and so on.
/// Errors: bad_config for a name that is used twice.
[[nodiscard]] Result<std::vector<NamedSource>> parse_cameras(const std::vector<std::string>& words);

/// The robot's cameras, and each viewer's selection. Thread-safe.
class Cameras {
 public:
  struct Named {
    std::string name{};
    Camera camera;
  };

  /// @pre at least one.
  explicit Cameras(std::vector<Named> cameras) : cameras_(std::move(cameras)) {}

  [[nodiscard]] const std::vector<Named>& all() const { return cameras_; }
  /// The camera that viewers see first, and that the server's list shows.
  [[nodiscard]] const Camera& first() const { return cameras_.front().camera; }
  [[nodiscard]] std::vector<std::string> names() const;

  /// Shows the cameras to this viewer. Call it on the callback thread, in the connection's callback.
  void show_to(std::int64_t viewer, RTCConnection& connection);
  /// Selects a camera for a viewer. False: the camera or the viewer does not exist.
  bool show(std::int64_t viewer, const std::string& camera);

 private:
  /// The viewers' selections. Shared with the connections, whose last callbacks may run when the robot has ended.
  struct Selections {
    std::mutex mutex;
    std::map<std::int64_t, CameraSwitch> by_viewer;
  };

  const std::vector<Named> cameras_;
  const std::shared_ptr<Selections> selections_ = std::make_shared<Selections>();
};

}  // namespace rtcbot::app
