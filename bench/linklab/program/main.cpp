#include <cstdio>
#include <utility>

#include "emulator.hpp"
#include "options.hpp"
#include "rtcbot/linklab/command.hpp"

namespace {

using namespace rtcbot;
using namespace rtcbot::linklab;

enum ExitCode : int { kExitOk = 0, kExitFailure = 1, kExitBadConfig = 2 };

int say(const Error& error) {
  std::fprintf(stderr, "linklab: %s\n", error.what());
  return error.code() == Errc::bad_config ? kExitBadConfig : kExitFailure;
}

int make_trace(const Options& options) {
  const auto text = made_trace_text(options);
  if (!text) return say(text.error());
  return std::fputs(text->c_str(), stdout) >= 0 ? kExitOk : kExitFailure;
}

int emulate(Options options) {
  if (options.a.netns.empty() || options.b.netns.empty()) {
    return say(Error(Errc::bad_config, "--a-netns and --b-netns are needed; see --help"));
  }
  if (!is_address_list(options.a.addresses) || !is_address_list(options.b.addresses)) {
    return say(Error(Errc::bad_config, "an address is of the form 10.77.0.1/24; several with commas"));
  }
  auto up = link_config(options, options.up, options.seed);
  if (!up) return say(up.error());
  auto down = link_config(options, options.down, options.seed + 1);
  if (!down) return say(down.error());
  auto log = EventLog::create(options.log);
  if (!log) return say(log.error());
  auto tun_a = open_tun(options.a, options.device, options.mtu);
  if (!tun_a) return say(tun_a.error());
  auto tun_b = open_tun(options.b, options.device, options.mtu);
  if (!tun_b) return say(tun_b.error());
  const auto done = Emulator::run(
      {std::move(options), std::move(*up), std::move(*down), std::move(*tun_a), std::move(*tun_b), std::move(*log)});
  return done ? kExitOk : say(done.error());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App cli("A link between two network namespaces, as a radio would have it.", "linklab");
  describe(cli, options);
  try {
    cli.parse(argc, argv);
    return options.trace_name.empty() ? emulate(std::move(options)) : make_trace(options);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? kExitOk : kExitBadConfig;
  }
}
