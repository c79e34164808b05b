#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include "rtcbot/json.hpp"

namespace rtcbot::app {

/// Merges the telemetry of several programs. A value that was not updated for 3 s is dropped, so that stale values
/// never appear beside fresh ones. Pure: gets the time. Not thread-safe.
class TelemetryAggregator {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// @param max_bytes of all values together, as text; stale names make room for new ones
  explicit TelemetryAggregator(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Takes one program's telemetry: an object's members by name, anything else as "value".
  /// @return all recent values, for the pages
  const Json& tell(TimePoint now, const Json& telemetry);

  void clear();

 private:
  void forget(TimePoint before);

  std::size_t max_bytes_;
  Json told_ = Json::object();
  std::map<std::string, TimePoint> told_at_;
};

}  // namespace rtcbot::app
