#include "rtcbot/http/json_text.hpp"

#include "rtcbot/signal/json_extent.hpp"

namespace rtcbot {

nlohmann::json from_text(std::string_view text) {
  if (signal::measure_json(text).depth > kMaxJsonDepth) return nlohmann::json(nlohmann::json::value_t::discarded);
  return nlohmann::json::parse(text, nullptr, false);
}

}  // namespace rtcbot
