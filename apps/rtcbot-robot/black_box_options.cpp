#include "rtcbot-robot/black_box_options.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <utility>

#include "common/checks.hpp"
#include "rtcbot/base/counted.hpp"
#include "rtcbot/blackbox/read_back.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::app {
namespace {

std::optional<std::int64_t> parse_duration_ms(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> kUnits = {
      {{"s", 1'000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || number < 0 || number > 1'000'000) return std::nullopt;
  const std::string_view unit(read.ptr, static_cast<std::size_t>(text.data() + text.size() - read.ptr));
  for (const auto& [name, ms] : kUnits) {
    if (unit == name) return number * ms;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_since(std::string_view text, std::int64_t now_unix_ms) {
  if (text.empty()) return 0;
  if (const auto before = parse_duration_ms(text)) return now_unix_ms - *before;
  const std::string copy(text);
  for (const char* format : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"}) {
    std::tm time{};
    const char* end = strptime(copy.c_str(), format, &time);
    if (end != nullptr && *end == '\0') return std::int64_t{timegm(&time)} * 1'000;
  }
  return std::nullopt;
}

void describe_black_box(CLI::App& cli, BlackBoxOptions& o) {
  cli.add_option("--black-box", o.folder,
                 "Records events in this folder; rtcbot-robot black-box FOLDER prints them. none: records nothing")
      ->envname("RTCBOT_BLACK_BOX")
      ->group("Black box");
  cli.add_option("--black-box-size", o.max_bytes,
                 "The largest size of the folder, e.g. 100MB or 2GB; the oldest records are deleted first")
      ->transform(size_in_bytes())
      ->default_str("100MB")
      ->group("Black box");
  cli.add_flag("--black-box-video", o.video, "Also records the video while somebody watches")->group("Black box");
  auto* read = cli.add_subcommand("black-box", "Prints the records of a black box as lines of JSON, oldest first");
  read->add_option("FOLDER", o.read.folder, "The folder given to --black-box")->required();
  read->add_option("--since", o.read.since,
                   "Only newer records: an age such as 10min, 2h or 7d, or a time in UTC such as 2026-11-23T01:00");
  read->add_option("--type", o.read.types,
                   "Only these records: start, event, output, stats, log, video or end; may be given several times");
}

std::optional<int> read_black_box(const CLI::App& cli, const BlackBoxOptions& options) {
  if (!cli.got_subcommand("black-box")) return std::nullopt;
  const auto since = parse_since(options.read.since, runtime::unix_time_ms());
  if (!since) {
    std::fprintf(stderr, "rtcbot-robot: --since is 10min, 2h or 7d, or a time in UTC such as 2026-11-23T01:00\n");
    return kExitBadConfig;
  }
  const auto counts = blackbox::read_back(options.read.folder, {.since_unix_ms = *since, .types = options.read.types},
                                          [](const nlohmann::ordered_json& record) { std::cout << record << '\n'; });
  if (!counts) {
    std::fprintf(stderr, "rtcbot-robot: %s\n", counts.error().what());
    return kExitFailure;
  }
  std::cout.flush();
  if (counts->broken > 0) {
    std::fprintf(stderr, "rtcbot-robot: %s cut short or damaged, and left out\n",
                 counted(counts->broken, "record was", "records were").c_str());
  }
  return kExitOk;
}

}  // namespace rtcbot::app
