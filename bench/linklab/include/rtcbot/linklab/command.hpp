#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "rtcbot/linklab/link_config.hpp"

namespace rtcbot::linklab {

/// The directions that a command applies to.
struct Which {
  bool up = false;
  bool down = false;
  friend bool operator==(const Which&, const Which&) = default;
};

/// "outage up|down|both SECONDS|end [drop]": nothing passes for that long; `end` ends every outage of this moment.
struct OutageCommand {
  Which which;
  std::optional<Duration> length;  ///< None: end.
  OutageQueue queue = OutageQueue::hold;
  friend bool operator==(const OutageCommand&, const OutageCommand&) = default;
};

/// "rate up|down|both RATE": a constant rate in place of the trace and of all steps to come.
struct RateCommand {
  Which which;
  DataRate rate;
  friend bool operator==(const RateCommand&, const RateCommand&) = default;
};

/// "rebind [ADDRESS]": see `Rebinding`.
struct RebindCommand {
  std::optional<std::uint32_t> address;
  friend bool operator==(const RebindCommand&, const RebindCommand&) = default;
};

/// "address a|b ADDRESS/BITS[,…]": these addresses in place of all others.
struct AddressCommand {
  bool of_a = true;
  std::string addresses;
  friend bool operator==(const AddressCommand&, const AddressCommand&) = default;
};

/// "start": time zero of traces, steps, outages, dice and figures is now.
struct StartCommand {
  friend bool operator==(const StartCommand&, const StartCommand&) = default;
};
/// "stats": tell all figures.
struct StatsCommand {
  friend bool operator==(const StatsCommand&, const StatsCommand&) = default;
};
/// "quit".
struct QuitCommand {
  friend bool operator==(const QuitCommand&, const QuitCommand&) = default;
};

/// The commands of the running program, one a line.
using Command =
    std::variant<OutageCommand, RateCommand, RebindCommand, AddressCommand, StartCommand, StatsCommand, QuitCommand>;

/// Errors: `bad_config`, with what would have been right.
[[nodiscard]] Result<Command> parse_command(std::string_view line);

/// True for "10.77.0.1/24" and several with commas; IPv6 too. The kernel has the last word.
[[nodiscard]] bool is_address_list(std::string_view text);

}  // namespace rtcbot::linklab
