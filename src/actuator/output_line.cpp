#include "rtcbot/actuator/output_line.hpp"

#include <nlohmann/json.hpp>

namespace rtcbot::actuator {

std::string output_line(const safety::Output& output) {
  using Json = nlohmann::ordered_json;
  const auto axes = output.controls.used();
  const Json line{{"moving", output.moving()},
                  {"why", safety::name_of(output.why)},
                  {"axes", Json(std::vector<double>(axes.begin(), axes.end()))},
                  {"buttons", output.controls.buttons},
                  {"mode", output.controls.mode},
                  {"speed", output.speed}};
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rtcbot::actuator
