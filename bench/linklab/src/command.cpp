#include "rtcbot/linklab/command.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <vector>

#include "rtcbot/linklab/rebinding.hpp"
#include "rtcbot/linklab/spec.hpp"

namespace rtcbot::linklab {
namespace {

using Words = std::vector<std::string>;

auto wrong(const std::string& form) { return fail(Errc::bad_config, "the form is: " + form); }

std::optional<Which> which_of(std::string_view word) {
  if (word == "up") return Which{true, false};
  if (word == "down") return Which{false, true};
  if (word == "both") return Which{true, true};
  return {};
}

std::optional<Duration> seconds_of(const std::string& word) {
  double value = 0;
  const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || stop != word.data() + word.size() || !(value > 0 && value < 1e7)) return {};
  return Duration(std::llround(value * 1e6));
}

Result<Command> parse_outage_command(const Words& words) {
  constexpr auto kForm = "outage up|down|both SECONDS|end [drop]";
  const auto which = words.size() >= 3 ? which_of(words[1]) : std::nullopt;
  const bool drops = words.size() == 4 && words[3] == "drop";
  if (!which || (words.size() != 3 && !drops)) return wrong(kForm);
  if (words[2] == "end" && !drops) return OutageCommand{*which, std::nullopt, OutageQueue::hold};
  const auto length = seconds_of(words[2]);
  if (!length) return wrong(kForm);
  return OutageCommand{*which, length, drops ? OutageQueue::drop : OutageQueue::hold};
}

Result<Command> parse_rate_command(const Words& words) {
  const auto which = words.size() == 3 ? which_of(words[1]) : std::nullopt;
  if (!which) return wrong("rate up|down|both RATE");
  const auto rate = parse_rate(words[2]);
  if (!rate) return fail(rate.error());
  return RateCommand{*which, *rate};
}

Result<Command> parse_rebind_command(const Words& words) {
  if (words.size() == 1) return RebindCommand{};
  const auto address = words.size() == 2 ? parse_ipv4(words[1].c_str()) : std::nullopt;
  if (!address) return wrong("rebind [IPV4-ADDRESS]");
  return RebindCommand{address};
}

Result<Command> parse_address_command(const Words& words) {
  if (words.size() != 3 || (words[1] != "a" && words[1] != "b") || !is_address_list(words[2])) {
    return wrong("address a|b ADDRESS/BITS[,ADDRESS/BITS]");
  }
  return AddressCommand{words[1] == "a", words[2]};
}

}  // namespace

bool is_address_list(std::string_view text) {
  constexpr std::string_view kOfAddresses = "0123456789abcdefABCDEF.:/,";
  return text.size() <= 1000 && text.find('/') != std::string_view::npos &&
         text.find_first_not_of(kOfAddresses) == std::string_view::npos;
}

Result<Command> parse_command(std::string_view line) {
  std::istringstream stream{std::string(line)};
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  const std::string name = words.empty() ? "" : words.front();
  if (name == "outage") return parse_outage_command(words);
  if (name == "rate") return parse_rate_command(words);
  if (name == "rebind") return parse_rebind_command(words);
  if (name == "address") return parse_address_command(words);
  if (words.size() == 1 && name == "start") return StartCommand{};
  if (words.size() == 1 && name == "stats") return StatsCommand{};
  if (words.size() == 1 && name == "quit") return QuitCommand{};
  return fail(Errc::bad_config, "the commands are: outage, rate, rebind, address, start, stats, quit");
}

}  // namespace rtcbot::linklab
