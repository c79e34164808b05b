#include "rtcbot/actuator/output_line.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <span>

namespace rtcbot::actuator {

std::string output_line(const safety::Output& output, Timestamp now) {
  using Json = nlohmann::ordered_json;
  // At least two axes, so that readers need not check.
  const std::span<const double> axes(output.controls.axis.data(), std::max<std::size_t>(2, output.controls.axes));
  const Json line{{"moving", output.moving()},
                  {"why", safety::name_of(output.why)},
                  {"axes", Json(std::vector<double>(axes.begin(), axes.end()))},
                  {"buttons", output.controls.buttons},
                  {"mode", output.controls.mode},
                  {"speed", output.speed},
                  {"ms", now.time_since_epoch() / std::chrono::milliseconds(1)}};
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rtcbot::actuator
