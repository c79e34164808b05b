#include "rtcbot-robot/simulated_world.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rtcbot::app {
namespace {

/// One of the two directions of a walk through the grid, square by square.
struct Walk {
  int step;     ///< To the next square: -1 or 1.
  double each;  ///< Length of the ray within one square.
  double next;  ///< Length of the ray up to the next border.
};

Walk walk_along(double position, double direction) {
  const double each = direction == 0 ? std::numeric_limits<double>::infinity() : std::abs(1 / direction);
  const double into = position - std::floor(position);
  if (direction < 0) return {-1, each, direction == 0 ? each : into * each};
  return {1, each, direction == 0 ? each : (1 - into) * each};
}

}  // namespace

bool SimulatedWorld::is_free(double x, double y, double radius) {
  for (int row = static_cast<int>(std::floor(y - radius)); row <= static_cast<int>(std::floor(y + radius)); ++row) {
    for (int column = static_cast<int>(std::floor(x - radius)); column <= static_cast<int>(std::floor(x + radius));
         ++column) {
      if (wall_at(column, row) == 0) continue;
      const double dx = x - std::clamp<double>(x, column, column + 1);
      const double dy = y - std::clamp<double>(y, row, row + 1);
      if (dx * dx + dy * dy < radius * radius) return false;
    }
  }
  return true;
}

SimulatedWorld::Hit SimulatedWorld::look(double x, double y, double heading) {
  const double dx = std::cos(heading);
  const double dy = std::sin(heading);
  Walk across = walk_along(x, dx);
  Walk down = walk_along(y, dy);
  int column = static_cast<int>(std::floor(x));
  int row = static_cast<int>(std::floor(y));
  Hit hit;
  // The grid is closed, so there is a wall after at most this many squares.
  for (int squares = 0; squares < kWidth + kHeight; ++squares) {
    hit.is_east_west = across.next < down.next;
    Walk& taken = hit.is_east_west ? across : down;
    hit.distance = taken.next;
    taken.next += taken.each;
    (hit.is_east_west ? column : row) += taken.step;
    hit.wall = wall_at(column, row);
    if (hit.wall != 0) break;
  }
  const double at = hit.is_east_west ? y + dy * hit.distance : x + dx * hit.distance;
  hit.along = at - std::floor(at);
  return hit;
}

}  // namespace rtcbot::app
