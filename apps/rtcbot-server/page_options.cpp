#include "rtcbot-server/page_options.hpp"

#include <map>
#include <string>

#include "common/checks.hpp"

namespace rtcbot::app {

void add_page_options(CLI::App& cli, SignallingServer::Options& options) {
  constexpr const char* kGroup = "Pages";
  using List = SignallingServer::List;
  const std::map<std::string, int> when{{"auto", static_cast<int>(List::automatic)},
                                        {"always", static_cast<int>(List::always)},
                                        {"never", static_cast<int>(List::never)}};
  cli.add_option("--list", options.list,
                 "Whether / is the list of robots: auto (once a robot with a name was online), always or never")
      ->transform(number_of(when))
      ->default_str("auto")
      ->group(kGroup);
  cli.add_option("--remember", options.limits.remembered_robots,
                 "Robots that stay listed after they left, for up to 7 days")
      ->check(whole_from(0, 1'000'000, "robots"))
      ->capture_default_str()
      ->group(kGroup);
  cli.add_option(
         "--robots-per-address", options.limits.robots_per_address,
         "Names that robots of one address may have, online and remembered, if robots show no credential; 0: no limit")
      ->check(whole_from(0, 1'000'000, "names"))
      ->capture_default_str()
      ->group(kGroup);
  cli.add_option("--max-pages", options.limits.pages, "Simultaneous websockets of pages; other pages use POST")
      ->check(whole_from(0, 1'000'000, "pages"))
      ->capture_default_str()
      ->group(kGroup);
  cli.add_option("--pages-per-address", options.limits.pages_per_address,
                 "Simultaneous websockets of pages of one address")
      ->check(whole_from(1, 1'000'000, "pages"))
      ->capture_default_str()
      ->group(kGroup);
}

}  // namespace rtcbot::app
