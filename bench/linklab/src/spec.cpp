#include "rtcbot/linklab/spec.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "rtcbot/linklab/trace_maker.hpp"

namespace rtcbot::linklab {
namespace {

std::string quoted(std::string_view text) {
  std::string result(1, '\'');
  return result.append(text.substr(0, 60)).append(1, '\'');
}

/// A finite number that is not negative; all of the text.
std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() || !std::isfinite(value) || value < 0) return {};
  return value;
}

std::optional<Duration> parse_seconds(std::string_view text) {
  const auto value = parse_number(text);
  if (!value || *value > 1e7) return {};
  return Duration(std::llround(*value * 1e6));
}

/// What is before and after the separator; none without it.
std::optional<std::pair<std::string_view, std::string_view>> cut(std::string_view text, char separator) {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return {};
  return std::pair(text.substr(0, at), text.substr(at + 1));
}

/// The parts between commas; at least one.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (auto pieces = cut(text, ','); pieces; pieces = cut(text, ',')) {
    parts.push_back(pieces->first);
    text = pieces->second;
  }
  parts.push_back(text);
  return parts;
}

Result<std::vector<RateStep>> parse_steps(std::string_view text) {
  std::vector<RateStep> steps;
  for (const auto part : parts_of(text)) {
    const auto pieces = cut(part, '=');
    const auto at = pieces ? parse_seconds(pieces->first) : std::nullopt;
    if (!at) return fail(Errc::bad_config, "the step " + quoted(part) + " is not of the form SECONDS=RATE, as 20=1M");
    const auto rate = parse_rate(pieces->second);
    if (!rate) return fail(rate.error());
    steps.push_back({*at, *rate});
  }
  return steps;
}

}  // namespace

Result<DataRate> parse_rate(std::string_view text) {
  auto digits = text;
  double factor = 1;
  if (!digits.empty() && (digits.back() == 'k' || digits.back() == 'M' || digits.back() == 'G')) {
    factor = digits.back() == 'k' ? 1e3 : digits.back() == 'M' ? 1e6 : 1e9;
    digits.remove_suffix(1);
  }
  const auto value = parse_number(digits);
  if (!value || *value * factor > 1e11)
    return fail(Errc::bad_config, quoted(text) + " is not a rate, as 5M, 800k or 64000");
  return DataRate::bits_per_second(std::llround(*value * factor));
}

Result<GilbertElliott> parse_loss(std::string_view text) {
  GilbertElliott loss;
  if (const auto alone = parse_number(text)) {
    loss.loss_in_good = *alone;
  } else {
    for (const auto part : parts_of(text)) {
      const auto pieces = cut(part, '=');
      const auto value = pieces ? parse_number(pieces->second) : std::nullopt;
      const auto name = pieces ? pieces->first : std::string_view();
      double* const place = name == "p"      ? &loss.good_to_bad
                            : name == "r"    ? &loss.bad_to_good
                            : name == "good" ? &loss.loss_in_good
                            : name == "bad"  ? &loss.loss_in_bad
                                             : nullptr;
      if (!value || place == nullptr) {
        return fail(Errc::bad_config,
                    quoted(part) + " is not a part of a loss, as p=0.005,r=0.3,good=0,bad=0.8 or 0.01");
      }
      *place = *value;
    }
  }
  LinkConfig check;
  check.loss = loss;
  if (const auto good = validate(check); !good) return fail(good.error());
  return loss;
}

Result<Reordering> parse_reordering(std::string_view text) {
  const auto pieces = cut(text, '+');
  const auto probability = pieces ? parse_number(pieces->first) : std::nullopt;
  const auto extra_ms = pieces ? parse_number(pieces->second) : std::nullopt;
  if (!probability || !extra_ms || *probability > 1 || *extra_ms > 60'000) {
    return fail(Errc::bad_config, quoted(text) + " is not a reordering, as 0.02+15: two of a hundred, 15 ms late");
  }
  return Reordering{*probability, Duration(std::llround(*extra_ms * 1000))};
}

Result<Outage> parse_outage(std::string_view text) {
  auto times = text;
  Outage outage;
  if (const auto with_queue = cut(text, ':'); with_queue && with_queue->second == "drop") {
    outage.queue = OutageQueue::drop;
    times = with_queue->first;
  }
  const auto pieces = cut(times, '+');
  const auto from = pieces ? parse_seconds(pieces->first) : std::nullopt;
  const auto length = pieces ? parse_seconds(pieces->second) : std::nullopt;
  if (!from || !length || *length <= Duration::zero()) {
    return fail(Errc::bad_config, quoted(text) + " is not an outage, as 20+2.5 or 20+2.5:drop, in seconds");
  }
  outage.from = *from;
  outage.length = *length;
  return outage;
}

Result<void> apply_source(LinkConfig& config, std::string_view text) {
  const auto pieces = cut(text, ':');
  if (pieces && pieces->first == "trace") {
    const auto spec = made_trace_spec(pieces->second);
    if (!spec) return fail(spec.error());
    auto trace = generate_trace(*spec, config.seed);
    if (!trace) return fail(trace.error());
    config.trace = std::move(*trace);
    return {};
  }
  if (pieces && pieces->first == "steps") {
    auto steps = parse_steps(pieces->second);
    if (!steps) return fail(steps.error());
    config.trace.reset();
    config.rate = steps->front().rate;
    config.steps = std::move(*steps);
    return validate(config);
  }
  const auto rate = parse_rate(text);
  if (!rate)
    return fail(Errc::bad_config, quoted(text) + " drives no link; give a rate (5M), steps:0=5M,20=1M or trace:city");
  config.trace.reset();
  config.rate = *rate;
  return {};
}

}  // namespace rtcbot::linklab
