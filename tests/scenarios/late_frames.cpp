// Which frames come late on a link, and why: the last percents of delay, by cause and by the gap that they met; and
// what could be had of the same link without foresight.
//
//   late_frames FILE|city|drive|fast [seconds]     FILE: a trace in mahimahi's format
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "rtcbot/linklab/spec.hpp"
#include "rtcbot/linklab/trace.hpp"
#include "virtual_call.hpp"

namespace rtcbot::scenarios {
namespace {

using std::chrono::milliseconds;

constexpr Duration kLate = milliseconds(300);
constexpr Duration kGap = milliseconds(200);

struct Gap {
  Duration from, to;
  [[nodiscard]] Duration length() const { return to - from; }
};

/// All of a trace's times without an opportunity, over as many laps as the call takes.
std::vector<Gap> gaps_of(const linklab::Trace& trace, Duration length) {
  std::vector<Gap> gaps;
  for (Duration at{}; at < length;) {
    const Duration next = trace.next_after(at);
    if (next - at > kGap) gaps.push_back({at, next});
    at = next;
  }
  return gaps;
}

enum Cause { in_queue, unnoticed, trial, behind, slow, kCauses };
constexpr std::array<const char*, kCauses> kNames = {"sent before", "not noticed", "in the stall", "queue after",
                                                     "slow link"};

/// The longest gap that it met; none where the link was only slow.
const Gap* gap_of(const std::vector<Gap>& gaps, Duration captured, Duration arrived) {
  const Gap* longest = nullptr;
  for (const Gap& gap : gaps) {
    if (gap.to <= captured - kLate || gap.from >= arrived) continue;
    if (!longest || gap.length() > longest->length()) longest = &gap;
  }
  return longest;
}

Cause cause_of(const Shown& frame, const Gap* gap) {
  if (frame.in_stall) return trial;
  if (!gap) return slow;
  const Duration captured = frame.captured_at.time_since_epoch();
  if (captured < gap->from) return in_queue;
  return captured < gap->to ? unnoticed : behind;
}

/// The best that can be done without foresight: frames of one size, nothing else on the link, and a sender that
/// is told of each arrival as soon as the way back allows, and sends nothing while an answer is overdue by `patience`.
/// (A millisecond carries one packet here, also where the trace has more.)
std::vector<Duration> without_foresight(const linklab::Trace& trace, const CallConfig& config, int packets,
                                        Duration patience) {
  constexpr Duration kInterval{33'333};
  const Duration there_and_back = config.up.delay + config.return_delay;
  std::vector<std::pair<Duration, Duration>> sent;  // when, and when that is known to have arrived
  std::vector<Duration> delays;
  Duration free{};
  for (Duration now{}; now < config.length; now += kInterval) {
    const auto is_overdue = [&](const auto& one) {
      return one.second > now && now - one.first > there_and_back + patience;
    };
    if (std::any_of(sent.begin(), sent.end(), is_overdue)) continue;
    std::erase_if(sent, [&](const auto& one) { return one.second <= now; });
    Duration passed = std::max(free, now);
    for (int i = 0; i < packets; ++i) passed = trace.next_after(passed);
    free = passed;
    sent.emplace_back(now, passed + there_and_back);
    delays.push_back(passed - now + config.up.delay + config.encode_time);
  }
  std::sort(delays.begin(), delays.end());
  return delays;
}

void print_limits(const CallConfig& config) {
  for (const Duration patience : {Duration::zero(), Duration(milliseconds(30)), Duration(milliseconds(60))}) {
    const auto delays = without_foresight(*config.up.trace, config, 3, patience);
    const auto ms = [&](double share) {
      return static_cast<int>(delays.at(static_cast<std::size_t>(share * static_cast<double>(delays.size()))) /
                              milliseconds(1));
    };
    std::printf(
        "without foresight, frames of 4.2 kB, answers waited for %d ms: %zu frames, p50/p95/p99 %d / %d / %d ms\n",
        static_cast<int>(patience / milliseconds(1)), delays.size(), ms(0.5), ms(0.95), ms(0.99));
  }
}

void print(const CallResult& call, const linklab::Trace& trace) {
  const std::vector<Gap> gaps = gaps_of(trace, call.length);
  std::map<int, std::array<int, kCauses>> counts;
  int late = 0;
  for (const Shown& frame : call.shown) {
    if (frame.delay() <= kLate) continue;
    const Gap* gap = gap_of(gaps, frame.captured_at.time_since_epoch(), frame.arrived_at.time_since_epoch());
    const auto tenths = gap ? static_cast<int>(gap->length() / milliseconds(100)) : 0;
    ++counts[tenths].at(cause_of(frame, gap));
    ++late;
  }
  const auto ms = [&](double share) { return static_cast<int>(call.delay(share) / milliseconds(1)); };
  Duration standing{};
  for (const Gap& gap : gaps) standing += gap.length();
  const auto mbps = [](DataRate rate) { return static_cast<double>(rate.bits_per_second()) / 1e6; };
  const auto secs = [](Duration d) { return std::chrono::duration<double>(d).count(); };
  std::printf("%zu frames, %.2f of %.2f Mbit/s, delay p50/p95/p99 %d / %d / %d ms, %d above 300 ms\n",
              call.shown.size(), mbps(call.delivered_rate()), mbps(call.capacity / call.length), ms(0.5), ms(0.95),
              ms(0.99), late);
  std::printf("frozen %.1f s, gaps %.1f s\n", secs(call.frozen()), secs(standing));
  std::printf("%8s", "gap s");
  for (const char* name : kNames) std::printf("  %12s", name);
  for (const auto& [tenths, row] : counts) {
    std::printf("\n%8.1f", tenths / 10.0);
    for (const int count : row) std::printf("  %12d", count);
  }
  std::printf("\n");
}

int run(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: late_frames FILE|city|drive|fast [seconds]\n"), 2;
  CallConfig config;
  config.length = std::chrono::seconds(argc > 2 ? std::atoi(argv[2]) : 118);
  std::ifstream file(argv[1]);
  if (file) {
    auto trace = linklab::parse_trace(std::string(std::istreambuf_iterator<char>(file), {}));
    if (!trace) return std::fprintf(stderr, "%s\n", trace.error().what()), 1;
    config.up.trace = std::move(*trace);
  } else if (auto made = linklab::apply_source(config.up, std::string("trace:").append(argv[1])); !made) {
    return std::fprintf(stderr, "%s\n", made.error().what()), 1;
  }
  print(run_call(config), *config.up.trace);
  print_limits(config);
  return 0;
}

}  // namespace
}  // namespace rtcbot::scenarios

int main(int argc, char** argv) { return rtcbot::scenarios::run(argc, argv); }
