#include "rtcbot/linklab/trace.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace rtcbot::linklab {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kMaxMs = 7LL * 24 * 3600 * 1000;

std::string_view without_space(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  return line;
}

}  // namespace

Result<Trace> Trace::create(std::vector<std::int64_t> opportunities_ms) {
  if (opportunities_ms.empty())
    return fail(Errc::bad_config, "the trace has no line: it needs one for each opportunity");
  if (opportunities_ms.front() < 0) return fail(Errc::bad_config, "the trace has a time below zero");
  if (!std::is_sorted(opportunities_ms.begin(), opportunities_ms.end())) {
    return fail(Errc::bad_config, "the trace's times descend; they must ascend");
  }
  if (opportunities_ms.back() == 0 || opportunities_ms.back() > kMaxMs) {
    return fail(Errc::bad_config, "the trace's last time is its length and must be from 1 ms to a week, and is " +
                                      std::to_string(opportunities_ms.back()) + " ms");
  }
  return Trace(std::move(opportunities_ms));
}

Duration Trace::period() const { return milliseconds(opportunities_ms_.back()); }

std::int64_t Trace::count_until(Duration since_zero) const {
  if (since_zero <= Duration::zero()) return 0;
  const auto laps = since_zero / period();
  const auto rest = std::chrono::floor<milliseconds>(since_zero % period()).count();
  const auto begin = opportunities_ms_.begin();
  const auto of_zero = std::upper_bound(begin, opportunities_ms_.end(), 0) - begin;
  const auto of_rest = std::upper_bound(begin, opportunities_ms_.end(), rest) - begin;
  // Those at zero of the first lap are outside: nothing can have been waiting for them.
  return laps * static_cast<std::int64_t>(opportunities_ms_.size()) + of_rest - of_zero;
}

Duration Trace::next_after(Duration since_zero) const {
  const auto lap = since_zero / period() * period();
  const auto rest = std::chrono::floor<milliseconds>(since_zero - lap).count();
  // The lap's last line is its length, and `rest` is below that: there always is one.
  return lap + milliseconds(*std::upper_bound(opportunities_ms_.begin(), opportunities_ms_.end(), rest));
}

DataRate Trace::mean_rate() const { return DataSize::bytes(count_until(period()) * kOpportunity.bytes()) / period(); }

Result<Trace> parse_trace(std::string_view text) {
  std::vector<std::int64_t> times;
  std::size_t number = 0;
  const auto wrong = [&number](std::string_view line, const std::string& why) {
    return fail(Errc::bad_config,
                "line " + std::to_string(number) + " of the trace, '" + std::string(line.substr(0, 40)) + "', " + why);
  };
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = without_space(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty()) continue;
    std::int64_t time = 0;
    const auto [stop, error] = std::from_chars(line.data(), line.data() + line.size(), time);
    if (error != std::errc() || stop != line.data() + line.size())
      return wrong(line, "is not a number of milliseconds");
    if (time < 0) return wrong(line, "is below zero");
    if (!times.empty() && time < times.back()) return wrong(line, "is before the line above it; times must ascend");
    times.push_back(time);
  }
  return Trace::create(std::move(times));
}

std::string format_trace(const Trace& trace) {
  std::string text;
  text.reserve(trace.opportunities_ms().size() * 7);
  for (const auto time : trace.opportunities_ms()) text += std::to_string(time) + '\n';
  return text;
}

}  // namespace rtcbot::linklab
