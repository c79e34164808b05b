#include "rtcbot/actuator/telemetry.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace rtcbot::actuator {
namespace {

using Json = nlohmann::json;

/// Whether brackets are nested no deeper than that; what is in strings does not count. Looked at before it is parsed,
/// because writing out what is nested deeply needs a deep stack.
bool is_flat_enough(std::string_view text, int deepest) {
  int depth = 0;
  bool is_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_string) {
      if (c == '\\') ++i;
      is_string = c != '"';
    } else if (c == '"') {
      is_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > deepest) return false;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return true;
}

}  // namespace

bool TelemetryRate::take(Timestamp now) {
  if (has_begun_ && now > seen_) {
    const double seconds = std::chrono::duration<double>(now - seen_).count();
    left_ = std::min<double>(kMostPerSecond, left_ + seconds * kMostPerSecond);
  }
  if (!has_begun_ || now > seen_) seen_ = now;
  has_begun_ = true;
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

std::vector<Json> TelemetryLines::feed(Timestamp now, std::string_view bytes) {
  std::vector<Json> values;
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto part = bytes.substr(0, end);
    if (!is_skipping_ && waiting_.size() + part.size() > kMostBytes) {
      ++counts_.too_long;
      waiting_.clear();
      is_skipping_ = true;
    }
    if (!is_skipping_) waiting_.append(part);
    if (end == std::string_view::npos) break;
    if (!std::exchange(is_skipping_, false)) take_line(now, std::exchange(waiting_, {}), values);
    bytes.remove_prefix(end + 1);
  }
  return values;
}

void TelemetryLines::take_line(Timestamp now, std::string_view line, std::vector<Json>& values) {
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
  if (!rate_.take(now)) {
    ++counts_.too_many;
    return;
  }
  Json value = is_flat_enough(line, kDeepest) ? Json::parse(line, nullptr, false) : Json(Json::value_t::discarded);
  if (value.is_discarded()) {
    ++counts_.not_json;
    return;
  }
  ++counts_.taken;
  values.push_back(std::move(value));
}

std::vector<Json> TelemetryRecords::feed(Timestamp now, std::string_view bytes) {
  std::vector<Json> values;
  const std::size_t whole = begin_.size() + format_.size();
  waiting_.append(bytes);
  std::size_t at = 0;
  while (true) {
    // What cannot be a begin, nor become one, is let go of.
    while (at < waiting_.size()) {
      const auto seen = std::string_view(waiting_).substr(at, begin_.size());
      if (std::string_view(begin_).starts_with(seen)) break;
      ++at;
    }
    if (waiting_.size() - at < whole) break;
    if (rate_.take(now)) {
      ++counts_.taken;
      values.push_back(read(std::string_view(waiting_).substr(at + begin_.size(), format_.size())));
    } else {
      ++counts_.too_many;
    }
    at += whole;
  }
  waiting_.erase(0, at);
  return values;
}

Json TelemetryRecords::read(std::string_view record) const {
  const std::vector<std::uint8_t> bytes(record.begin(), record.end());
  Json value = Json::object();
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const auto& item = format_.items()[i];
    const double number = format_.get(bytes, item);
    Json& field = value[names_[i]];
    if (item.type == '?') {
      field = number != 0;
    } else if (item.is_floating()) {
      if (std::isfinite(number)) field = number;  // JSON has no other; null
    } else if (std::abs(number) < 9e15) {
      field = static_cast<std::int64_t>(number);
    } else {
      field = number;
    }
  }
  return value;
}

}  // namespace rtcbot::actuator
