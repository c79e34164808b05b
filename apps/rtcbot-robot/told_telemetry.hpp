#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include "rtcbot/json.hpp"

namespace rtcbot::app {

/// What several programs tell of a robot, as one. A value that its program tells no more is soon left out: said again
/// beside newer ones it would look like one of now. Pure: told the time. Not thread-safe.
class ToldTelemetry {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// @param most_bytes of all together, as text; names that are told no more do not fill it for good
  explicit ToldTelemetry(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// Takes what one program tells: an object's members by name, anything else as "value".
  /// @return all that was told of late, to be shown
  const Json& tell(TimePoint now, const Json& telemetry);

  void clear();

 private:
  void forget(TimePoint before);

  std::size_t most_bytes_;
  Json told_ = Json::object();
  std::map<std::string, TimePoint> told_at_;
};

}  // namespace rtcbot::app
