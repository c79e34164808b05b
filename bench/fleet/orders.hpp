#pragma once

#include <cstdint>
#include <string>

namespace rtcbot::bench {

/// What the command line asks for.
struct Orders {
  std::uint16_t port = 0;
  bool tls = false;
  bool bare = false;            ///< Robots do not offer rtcbot.v1.
  int count = 1000;             ///< hold: robots.
  int from = 0;                 ///< hold: number of the first robot, which is called r0.
  int at_once = 500;            ///< hold: dials under way.
  int posters = 16;             ///< exchange: connections that post.
  double rate = 0;              ///< exchange: posts per second of all; 0: each as soon as it has its answer.
  double seconds = 5;           ///< exchange: for how long.
  bool new_connection = false;  ///< exchange: each post on a connection of its own.
};

/// Keeps robots online, dials again when they are cut off, and prints a line of figures five times a second. Ends when
/// standard input does.
int hold(const Orders& orders);

/// Posts offers to one robot, which answers at once, and prints one line of figures.
int exchange(const Orders& orders);

}  // namespace rtcbot::bench
