#include "rtcbot-robot/data_figures.hpp"

#include <cmath>

namespace rtcbot::app {
namespace {

/// To a tenth, which is precise enough.
double megabytes(std::int64_t bytes) { return std::round(static_cast<double>(bytes) / 1e5) / 10; }

}  // namespace

Json figures_of(const Robot::DataUse& use) {
  Json interfaces = Json::object();
  for (const auto& [name, bytes] : use.interfaces) interfaces[name] = {{"bytes", bytes}};
  return {{"interface", use.interface},
          {"interfaces", std::move(interfaces)},
          {"bytes_used", use.bytes_used},
          {"since_ms", use.since_ms},
          {"bytes_left", use.bytes_left ? Json(*use.bytes_left) : Json()},
          {"limit", use.limit ? Json(use.limit->bits_per_second()) : Json()}};
}

Json telemetry_of(const Robot::DataUse& use) {
  if (use.interface.empty()) return Json::object();
  Json used = Json::object();
  for (const auto& [name, bytes] : use.interfaces) used[name] = megabytes(bytes);
  Json data{{"interface", use.interface}, {"MB", std::move(used)}};
  if (use.bytes_left) data["left_MB"] = megabytes(*use.bytes_left);
  return {{"data_used", std::move(data)}};
}

}  // namespace rtcbot::app
