#include "rtcbot-robot/telemetry_aggregator.hpp"

namespace rtcbot::app {
namespace {

/// A value is repeated with others for this long. Pages show the age of a value themselves.
constexpr std::chrono::seconds kSaidAgain{3};

}  // namespace

const Json& TelemetryAggregator::tell(TimePoint now, const Json& telemetry) {
  const Json members = telemetry.is_object() ? telemetry : Json{{"value", telemetry}};
  told_.update(members);
  for (const auto& [name, value] : members.items()) told_at_[name] = now;
  forget(now - kSaidAgain);
  if (told_.dump(-1, ' ', false, Json::error_handler_t::replace).size() > max_bytes_) {
    forget(now);
    told_ = members;
  }
  return told_;
}

void TelemetryAggregator::clear() {
  told_ = Json::object();
  told_at_.clear();
}

void TelemetryAggregator::forget(TimePoint before) {
  std::erase_if(told_at_, [&](const auto& each) {
    const bool is_old = each.second < before;
    if (is_old) told_.erase(each.first);
    return is_old;
  });
}

}  // namespace rtcbot::app
