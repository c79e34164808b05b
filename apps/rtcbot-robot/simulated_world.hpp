#pragma once

#include <array>
#include <string_view>

namespace rtcbot::app {

/// The simulated robot's room: a grid of squares of one metre, each free or a wall of some colour.
/// x points east, y south, in metres from the north-west corner. A value; pure.
class SimulatedWorld {
 public:
  static constexpr int kWidth = 14;
  static constexpr int kHeight = 10;

  /// 0: free; 1 to 3: a wall, and its colour. Everything outside is wall.
  [[nodiscard]] static int wall_at(int column, int row) {
    if (column < 0 || row < 0 || column >= kWidth || row >= kHeight) return 1;
    const char c = kMap[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
    return c == '.' ? 0 : c - '0';
  }

  /// True if a round robot of that radius fits there without touching a wall.
  [[nodiscard]] static bool is_free(double x, double y, double radius);

  /// The point where a ray meets a wall.
  struct Hit {
    double distance = 0;        ///< Metres, along the ray.
    int wall = 1;               ///< As in `wall_at`.
    bool is_east_west = false;  ///< The wall's side, for its shade.
    double along = 0;           ///< 0 to 1 along that side.
  };
  /// @param heading radians from the east, to the south.
  /// @pre the start is free.
  [[nodiscard]] static Hit look(double x, double y, double heading);

 private:
  static constexpr std::array<std::string_view, kHeight> kMap = {"11111111111111",  //
                                                                 "1............1",  //
                                                                 "1..22....3...1",  //
                                                                 "1..2.........1",  //
                                                                 "1.......2....1",  //
                                                                 "1.......22...1",  //
                                                                 "1.3..........1",  //
                                                                 "1.....3...2..1",  //
                                                                 "1............1",  //
                                                                 "11111111111111"};
};

}  // namespace rtcbot::app
