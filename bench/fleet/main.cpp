// The load of script/bench server: a fleet of idle robots, or a robot and those who ask for it.
//   fleet_client hold --port P [--tls] [--bare] [--count N] [--from N] [--at-once N]
//   fleet_client exchange --port P [--tls] [--bare] [--posters N] [--rate PER-SECOND] [--seconds S] [--new-connection]
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "orders.hpp"

namespace {

bool read(int argc, char** argv, rtcbot::bench::Orders& orders) {
  for (int i = 2; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--tls") {
      orders.tls = true;
    } else if (flag == "--bare") {
      orders.bare = true;
    } else if (flag == "--new-connection") {
      orders.new_connection = true;
    } else {
      if (++i >= argc) return false;
      const double value = std::atof(argv[i]);
      if (flag == "--port")
        orders.port = static_cast<std::uint16_t>(value);
      else if (flag == "--count")
        orders.count = static_cast<int>(value);
      else if (flag == "--from")
        orders.from = static_cast<int>(value);
      else if (flag == "--at-once")
        orders.at_once = static_cast<int>(value);
      else if (flag == "--posters")
        orders.posters = static_cast<int>(value);
      else if (flag == "--rate")
        orders.rate = value;
      else if (flag == "--seconds")
        orders.seconds = value;
      else
        return false;
    }
  }
  return orders.port != 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  rtcbot::bench::Orders orders;
  const std::string_view what = argc > 1 ? argv[1] : "";
  const bool is_known = what == "hold" || what == "exchange";
  if (!is_known || !read(argc, argv, orders)) {
    std::fputs("usage: fleet_client hold|exchange --port P [flags, see main.cpp]\n", stderr);
    return 2;
  }
  return what == "hold" ? rtcbot::bench::hold(orders) : rtcbot::bench::exchange(orders);
}
