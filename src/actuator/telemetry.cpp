#include "rtcbot/actuator/telemetry.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "rtcbot/actuator/mended_json.hpp"
#include "rtcbot/base/ascii.hpp"

namespace rtcbot::actuator {
namespace {

using Json = nlohmann::json;

/// True if brackets are nested at most `deepest`; ignores strings. Checked before parsing, because writing deeply
/// nested values needs a deep stack.
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

constexpr std::size_t kSampleBytes = 60;

}  // namespace

TelemetryCounts& TelemetryCounts::operator+=(const TelemetryCounts& other) {
  taken += other.taken;
  mended += other.mended;
  not_json += other.not_json;
  too_long += other.too_long;
  too_many += other.too_many;
  return *this;
}

TelemetryLine read_telemetry_line(std::string_view line) {
  if (!is_flat_enough(line, TelemetryLines::kDeepest)) return {};
  if (auto value = Json::parse(line, nullptr, false); !value.is_discarded()) return {std::move(value), false};
  const auto begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos || (line[begin] != '{' && line[begin] != '[')) return {};
  const auto mended = mend_json(line);
  return {Json::parse(mended.text, nullptr, false), mended.faults > 0};
}

std::vector<std::string> TelemetryFaults::news(const TelemetryCounts& counts, const TelemetrySamples& samples) {
  std::vector<std::string> sentences;
  const auto add = [&](std::int64_t TelemetryCounts::*kind, std::string TelemetrySamples::*sample,
                       const char* sentence) {
    if (counts.*kind == 0 || std::exchange(told_.*kind, counts.*kind) != 0) return;
    sentences.push_back(std::string(sentence) + ": " + samples.*sample +
                        " (logged once; more are counted as telemetry_errors in --stats-every)");
  };
  using Counts = TelemetryCounts;
  using Samples = TelemetrySamples;
  add(&Counts::mended, &Samples::mended,
      "sends values that JSON cannot represent, such as NaN; they are shown as null");
  add(&Counts::not_json, &Samples::not_json,
      "sends a line that is not JSON; it is dropped. Write text for people to standard error");
  add(&Counts::too_long, &Samples::too_long, "sends a line of over 15 KiB; it is dropped");
  add(&Counts::too_many, &Samples::too_many, "sends more than 50 lines a second; the excess is dropped");
  return sentences;
}

std::vector<Json> TelemetryLines::feed(Timestamp now, std::string_view bytes) {
  std::vector<Json> values;
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto part = bytes.substr(0, end);
    if (!is_skipping_ && waiting_.size() + part.size() > kMaxBytes) {
      ++counts_.too_long;
      waiting_.append(part.substr(0, kMaxBytes));
      samples_.too_long = excerpt(waiting_, kSampleBytes);
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
    samples_.too_many = excerpt(line, kSampleBytes);
    return;
  }
  TelemetryLine read = read_telemetry_line(line);
  const bool is_json = !read.value.is_discarded();
  if (!is_json) {
    ++counts_.not_json;
    samples_.not_json = excerpt(line, kSampleBytes);
    return;
  }
  if (read.mended) samples_.mended = excerpt(line, kSampleBytes);
  ++counts_.taken;
  counts_.mended += read.mended ? 1 : 0;
  values.push_back(std::move(read.value));
}

std::vector<Json> TelemetryRecords::feed(Timestamp now, std::string_view bytes) {
  std::vector<Json> values;
  const std::size_t whole = begin_.size() + format_.size();
  waiting_.append(bytes);
  std::size_t at = 0;
  while (true) {
    // Drops bytes that cannot be the start of `begin_`.
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

Json TelemetryRecords::read(std::string_view record) {
  const std::vector<std::uint8_t> bytes(record.begin(), record.end());
  Json value = Json::object();
  bool has_all = true;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const auto& item = format_.items()[i];
    const double number = format_.get(bytes, item);
    Json& field = value[names_[i]];
    if (item.type == '?') {
      field = number != 0;
    } else if (item.is_floating()) {
      has_all = has_all && std::isfinite(number);
      if (std::isfinite(number)) field = number;  // JSON has only finite numbers; otherwise null
    } else if (std::abs(number) < 9e15) {
      field = static_cast<std::int64_t>(number);
    } else {
      field = number;
    }
  }
  if (!has_all) {
    ++counts_.mended;
    samples_.mended = excerpt(value.dump(), kSampleBytes);
  }
  return value;
}

}  // namespace rtcbot::actuator
