#include "json_fields.hpp"

#include <nlohmann/json.hpp>

namespace rtcbot::linklab {
namespace {

using Json = nlohmann::ordered_json;

Json count(const LinkCounters::Count& c) { return {{"packets", c.packets}, {"bytes", c.size.bytes()}}; }

Json delays(Duration p50, Duration p95, Duration max) {
  return {{"p50", p50.count()}, {"p95", p95.count()}, {"max", max.count()}};
}

}  // namespace

std::string quoted_json(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string json_of(const Direction::Stats& s) {
  const auto& c = s.since_start;
  const Json json = {{"in", count(c.offered)},
                     {"out", count(c.delivered)},
                     {"lost", count(c.lost)},
                     {"dropped", count(c.dropped)},
                     {"flushed", count(c.flushed)},
                     {"held_back", c.held_back},
                     {"capacity_bytes", s.capacity.bytes()},
                     {"queued_bytes", s.queued.bytes()},
                     {"rate_bps", s.rate.bits_per_second()},
                     {"is_out", s.out},
                     {"queued_us", delays(s.queued_p50, s.queued_p95, s.queued_max)},
                     {"late_us", delays(s.late_p50, s.late_p95, s.late_max)},
                     {"refused", s.refused}};
  return json.dump();
}

}  // namespace rtcbot::linklab
