#include "json_text.hpp"

#include "rtcbot/signal/json_extent.hpp"

namespace rtcbot {

Json from_text(std::string_view text) {
  if (signal::measure_json(text).depth > kMaxJsonDepth) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

}  // namespace rtcbot
