#include "rtcbot/linklab/trace_maker.hpp"

#include <algorithm>
#include <utility>

#include "rtcbot/linklab/random.hpp"

namespace rtcbot::linklab {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kStepMs = 100;
constexpr std::int64_t kDeepest = -6000;  ///< 1/64 of the mean.
constexpr std::int64_t kHighest = 1600;   ///< Three times the mean: a cell has a limit.
constexpr std::int64_t kMicrobitsPerOpportunity = Trace::kOpportunity.bytes() * 8 * 1000;  ///< In thousandths of a bit.

std::int64_t in_ms(Duration time) { return std::chrono::floor<milliseconds>(time).count(); }

/// 2^(x / 1000) x 1000, linear between the powers of two: exact in integers, and close enough for a wandering rate.
std::int64_t power_of_two(std::int64_t millioctaves) {
  const std::int64_t shifted = millioctaves + 16'000;  // above zero
  const std::int64_t scaled = (std::int64_t{1} << (shifted / 1000)) * (1000 + shifted % 1000);
  return scaled >> 16;
}

struct Span {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

/// `per_minute` of them, one in each equal part of the time, at a random place in it.
std::vector<Span> spread(int per_minute, Range length, std::int64_t total_ms, Random& dice) {
  std::vector<Span> spans;
  const std::int64_t count = per_minute * total_ms / 60'000;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto part_begin = total_ms * i / count;
    const auto part_end = total_ms * (i + 1) / count;
    const auto wanted = dice.between(in_ms(length.from), in_ms(length.to));
    const auto long_ms = std::min(wanted, part_end - part_begin);
    const auto from = dice.between(part_begin, part_end - long_ms);
    spans.push_back({from, from + long_ms});
  }
  return spans;
}

bool covers(const std::vector<Span>& spans, std::int64_t at) {
  return std::any_of(spans.begin(), spans.end(), [at](const Span& s) { return s.from <= at && at < s.to; });
}

/// A weight for each millisecond: the rate in units of nothing, as the mean is set afterwards.
std::vector<std::int64_t> weights(const TraceSpec& spec, Random& dice) {
  const auto total_ms = in_ms(spec.length);
  const auto fades = spread(spec.fades_per_minute, spec.fade_length, total_ms, dice);
  const auto gaps = spread(spec.gaps_per_minute, spec.gap_length, total_ms, dice);
  std::vector<std::int64_t> result;
  result.reserve(static_cast<std::size_t>(total_ms));
  std::int64_t level = 0;
  for (std::int64_t at = 0; at < total_ms; ++at) {
    if (at % kStepMs == 0) {
      level += dice.between(-spec.step_millioctaves, spec.step_millioctaves) - level * spec.return_percent / 100;
      level = std::clamp(level, kDeepest, kHighest);
    }
    const auto faded = level - (covers(fades, at) ? spec.fade_millioctaves : 0);
    result.push_back(covers(gaps, at) ? 0 : power_of_two(faded));
  }
  return result;
}

/// The rate is collected until the scheduler serves; in a gap it serves nothing.
std::vector<std::int64_t> schedule(const TraceSpec& spec, const std::vector<std::int64_t>& weights, Random& dice) {
  std::int64_t sum = 0;
  for (const auto weight : weights) sum += weight;
  const auto mean_weight = std::max<std::int64_t>(sum / static_cast<std::int64_t>(weights.size()), 1);
  std::vector<std::int64_t> opportunities;
  std::int64_t credit = 0;
  const auto last = static_cast<std::int64_t>(weights.size());
  for (std::int64_t at = 1; at <= last; ++at) {
    const auto weight = weights[static_cast<std::size_t>(at - 1)];
    const bool is_served = dice.next() % 100 < static_cast<std::uint64_t>(spec.served_percent);
    credit += spec.mean.bits_per_second() * weight / mean_weight;  // a thousandth of a bit each millisecond
    if (weight == 0 || !(is_served || at == last)) continue;
    for (; credit >= kMicrobitsPerOpportunity; credit -= kMicrobitsPerOpportunity) opportunities.push_back(at);
  }
  // The last line is the length of a lap.
  if (opportunities.empty() || opportunities.back() != last) opportunities.push_back(last);
  return opportunities;
}

Result<void> check(const TraceSpec& spec) {
  const auto total_ms = in_ms(spec.length);
  const auto in_order = [](Range range) { return range.from >= Duration::zero() && range.from <= range.to; };
  if (total_ms < 1000 || total_ms > 24 * 3'600'000) return fail(Errc::bad_config, "a trace lasts a second to a day");
  if (spec.mean.bits_per_second() < 10'000 || spec.mean.bits_per_second() > 1'000'000'000) {
    return fail(Errc::bad_config, "a trace's mean is 10 kbit/s to 1 Gbit/s");
  }
  if (spec.served_percent < 1 || spec.served_percent > 100 || spec.return_percent < 0 || spec.return_percent > 100) {
    return fail(Errc::bad_config, "percentages of a trace are 1 (of returning: 0) to 100");
  }
  if (spec.step_millioctaves < 0 || spec.step_millioctaves > 4000 || spec.fade_millioctaves < 0 ||
      spec.fade_millioctaves > 6000) {
    return fail(Errc::bad_config, "steps are at most 4000, fades at most 6000 thousandths of a factor of two");
  }
  if (spec.fades_per_minute < 0 || spec.gaps_per_minute < 0 || spec.fades_per_minute > 600 ||
      spec.gaps_per_minute > 600 || !in_order(spec.fade_length) || !in_order(spec.gap_length)) {
    return fail(Errc::bad_config,
                "fades and gaps: 0 to 600 a minute, and their lengths from the shorter to the longer");
  }
  return {};
}

}  // namespace

const std::vector<std::string>& made_trace_names() {
  static const std::vector<std::string> names = {"city", "drive", "fast"};
  return names;
}

Result<TraceSpec> made_trace_spec(std::string_view name) {
  TraceSpec spec;
  if (name == "city") {
    spec.gaps_per_minute = 1;
    spec.gap_length = {milliseconds(150), milliseconds(1200)};
    return spec;
  }
  if (name == "drive") {
    spec.mean = DataRate::kilobits_per_second(2000);
    spec.step_millioctaves = 500;
    spec.served_percent = 12;
    spec.fades_per_minute = 10;
    spec.gaps_per_minute = 4;
    return spec;
  }
  if (name == "fast") {
    spec.mean = DataRate::kilobits_per_second(13'000);
    spec.served_percent = 45;
    spec.step_millioctaves = 200;
    spec.fades_per_minute = 3;
    return spec;
  }
  return fail(Errc::bad_config, "there is no made trace '" + std::string(name) + "'; there are city, drive and fast");
}

Result<Trace> generate_trace(const TraceSpec& spec, std::uint64_t seed) {
  if (const auto good = check(spec); !good) return fail(good.error());
  Random dice(seed);
  const auto wanted = weights(spec, dice);
  return Trace::create(schedule(spec, wanted, dice));
}

}  // namespace rtcbot::linklab
