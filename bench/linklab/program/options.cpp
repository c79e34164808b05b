#include "options.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <utility>

#include "rtcbot/linklab/command.hpp"
#include "rtcbot/linklab/spec.hpp"
#include "rtcbot/linklab/trace_maker.hpp"

namespace rtcbot::linklab {
namespace {

constexpr auto kFooter =
    "SPEC: a rate (5M, 800k), steps (steps:0=5M,20=1M,40=5M), a trace in mahimahi's format (trace:FILE), or one of our "
    "own\n"
    "making (trace:city, trace:drive, trace:fast). LOSS: 0.01, or p=0.005,r=0.3,good=0,bad=0.8 (Gilbert-Elliott).\n"
    "Commands, a line each on standard input, answered by a JSON object a line on standard output:\n"
    "  outage up|down|both SECONDS|end [drop]   rate up|down|both RATE   rebind [IPV4]   address a|b IP/BITS[,...]\n"
    "  start   stats   quit\n"
    "The end of standard input ends the program; with /dev/null it runs until a signal. Needs root.\n"
    "Exit codes: 0 ended as asked, 1 could not start, 2 a flag is wrong.";

void describe_direction(CLI::App& cli, DirectionOptions& o, const std::string& prefix, const std::string& group) {
  const auto whose = prefix.empty() ? " (both directions, unless said otherwise)" : "";
  cli.add_option("--" + prefix + "delay-ms", o.delay_ms, std::string("One way, behind the queue; 20") + whose)
      ->check(CLI::Range(0.0, 60'000.0))
      ->group(group);
  cli.add_option("--" + prefix + "queue-bytes", o.queue_bytes, "Of the drop-tail queue; 1000000")
      ->check(CLI::Range(1LL, 1'000'000'000LL))
      ->group(group);
  cli.add_option("--" + prefix + "loss", o.loss, "LOSS")->group(group);
  cli.add_option("--" + prefix + "reorder", o.reorder, "PROBABILITY+MS: so many are so late")->group(group);
  cli.add_option("--" + prefix + "scale", o.scale, "Multiplies the rate or the trace's opportunities")->group(group);
  cli.add_option("--" + prefix + "outage", o.outages, "FROM+LENGTH[:drop] in seconds; may be repeated")->group(group);
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return fail(Errc::bad_config, "the trace " + path + " cannot be read");
  return text.str();
}

Result<void> apply_source_or_file(LinkConfig& config, const std::string& source) {
  constexpr std::string_view kTrace = "trace:";
  const auto& made = made_trace_names();
  const auto name = source.starts_with(kTrace) ? source.substr(kTrace.size()) : "";
  if (name.empty() || std::find(made.begin(), made.end(), name) != made.end()) return apply_source(config, source);
  const auto text = read_file(name);
  if (!text) return fail(text.error());
  auto trace = parse_trace(*text);
  if (!trace) return fail(Errc::bad_config, name + ": " + trace.error().what());
  config.trace = std::move(*trace);
  return {};
}

Result<void> apply_troubles(LinkConfig& config, const DirectionOptions& o) {
  if (o.loss) {
    const auto loss = parse_loss(*o.loss);
    if (!loss) return fail(loss.error());
    config.loss = *loss;
  }
  if (o.reorder) {
    const auto reordering = parse_reordering(*o.reorder);
    if (!reordering) return fail(reordering.error());
    config.reordering = *reordering;
  }
  for (const auto& text : o.outages) {
    const auto outage = parse_outage(text);
    if (!outage) return fail(outage.error());
    config.outages.push_back(*outage);
  }
  return {};
}

/// What is said of a direction goes before what is said of both.
DirectionOptions merged(const DirectionOptions& both, DirectionOptions own) {
  if (!own.source) own.source = both.source;
  if (!own.loss) own.loss = both.loss;
  if (!own.reorder) own.reorder = both.reorder;
  if (!own.delay_ms) own.delay_ms = both.delay_ms;
  if (!own.scale) own.scale = both.scale;
  if (!own.queue_bytes) own.queue_bytes = both.queue_bytes;
  own.outages.insert(own.outages.end(), both.outages.begin(), both.outages.end());
  return own;
}

}  // namespace

void describe(CLI::App& cli, Options& o) {
  cli.footer(kFooter);
  cli.add_option("--a-netns", o.a.netns, "Network namespace of a, the robot's side")->group("Ends");
  cli.add_option("--b-netns", o.b.netns, "Network namespace of b")->group("Ends");
  cli.add_option("--a-address", o.a.addresses, "Of a; several with commas")->capture_default_str()->group("Ends");
  cli.add_option("--b-address", o.b.addresses, "Of b; several with commas")->capture_default_str()->group("Ends");
  cli.add_option("--device", o.device, "Name of the device at either end")->capture_default_str()->group("Ends");
  cli.add_option("--mtu", o.mtu, "Of the devices")
      ->check(CLI::Range(576, 65'535))
      ->capture_default_str()
      ->group("Ends");
  cli.add_option("--up", o.up.source, "SPEC of a to b; 5M")->group("Link");
  cli.add_option("--down", o.down.source, "SPEC of b to a; 5M")->group("Link");
  describe_direction(cli, o.both, "", "Link");
  describe_direction(cli, o.up, "up-", "Up alone");
  describe_direction(cli, o.down, "down-", "Down alone");
  cli.add_option("--seed", o.seed, "Of all dice and made traces")->capture_default_str()->group("Link");
  cli.add_option("--start-on-traffic", o.start_on_traffic,
                 "Time zero of traces, steps, outages, dice and figures: the first packet of more bytes than this")
      ->check(CLI::Range(0, 65'535))
      ->group("Start");
  cli.add_flag("--wait-for-start", o.wait_for_start, "Time zero: the command start")->group("Start");
  cli.add_option("--log", o.log, "A line for each packet: t_us,direction,event,size,queued_us");
  auto* make = cli.add_subcommand("make-trace", "Writes a trace of our own making to standard output");
  make->add_option("name", o.trace_name, "city, drive or fast")->required();
  make->add_option("--seed", o.seed, "Another seed, another trace")->capture_default_str();
  make->add_option("--seconds", o.trace_seconds, "How long")->check(CLI::Range(1.0, 86'400.0))->capture_default_str();
  make->add_option("--mean", o.trace_mean, "Mean rate, as 6M, in place of the name's own");
}

Result<LinkConfig> link_config(const Options& options, const DirectionOptions& own, std::uint64_t seed) {
  const auto o = merged(options.both, own);
  LinkConfig config;
  config.seed = seed;
  config.plan_at_restart = options.start_on_traffic > 0 || options.wait_for_start;
  if (o.delay_ms) config.delay = Duration(std::llround(*o.delay_ms * 1000));
  if (o.queue_bytes) config.queue_limit = DataSize::bytes(*o.queue_bytes);
  if (o.scale) config.rate_scale = *o.scale;
  if (const auto done = apply_source_or_file(config, o.source.value_or("5M")); !done) return fail(done.error());
  if (const auto done = apply_troubles(config, o); !done) return fail(done.error());
  if (const auto good = validate(config); !good) return fail(good.error());
  return config;
}

Result<std::string> made_trace_text(const Options& options) {
  auto spec = made_trace_spec(options.trace_name);
  if (!spec) return fail(spec.error());
  spec->length = Duration(std::llround(options.trace_seconds * 1e6));
  if (!options.trace_mean.empty()) {
    const auto mean = parse_rate(options.trace_mean);
    if (!mean) return fail(mean.error());
    spec->mean = *mean;
  }
  const auto trace = generate_trace(*spec, options.seed);
  if (!trace) return fail(trace.error());
  return format_trace(*trace);
}

}  // namespace rtcbot::linklab
