#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "busy_texture.hpp"
#include "planes.hpp"
#include "rtcbot/media/time_stamp_blocks.hpp"

namespace rtcbot::media {

enum class TestBackground {
  bars,  ///< Static colour bars: easy to encode, at most a few hundred kbit/s.
  busy,  ///< A moving texture that fills links and encoders: see `BusyTexture`.
};

/// The picture of a robot without a camera: colour bars or a busy texture, a moving ball, a clock that is legible
/// across a room, and the time stamp blocks of `time_stamp_blocks.hpp`.
///
/// Copies a background that was painted once, so that drawing costs far less than encoding. Pure: gets the frame number
/// and the time. Distinct objects are independent; several threads may call `draw`.
class TestPicture {
 public:
  /// @pre even sizes, 16 to 4096.
  /// @param caption a line below the clock, with the characters of `glyph_of`; omitted if it does not fit.
  TestPicture(int width, int height, TestBackground background = TestBackground::bars, std::string caption = {});

  /// Paints picture `frame_number` for the time `unix_ms`. The planes hold width x height and half of that in each
  /// direction.
  void draw(const I420Planes& planes, std::int64_t frame_number, std::int64_t unix_ms) const;

 private:
  struct Rectangle {
    int left, top, width, height;
  };
  struct Colour {
    std::uint8_t y, u, v;
  };

  void paint_bars(const I420Planes& planes);
  [[nodiscard]] I420Planes background_planes();
  void copy_background(const I420Planes& planes) const;
  void draw_ball(const I420Planes& planes, std::int64_t frame_number) const;
  void draw_clock(const I420Planes& planes, std::int64_t unix_ms) const;
  void draw_caption(const I420Planes& planes) const;
  /// The size of a glyph's pixel at which `text` fills nine tenths of the width; 0 if it does not fit.
  [[nodiscard]] int scale_of(const std::string& text) const;
  /// Writes `text` into a dark box, horizontally centred.
  void draw_text(const I420Planes& planes, const std::string& text, int top) const;
  static void fill(const I420Planes& planes, Rectangle area, Colour colour);

  int width_;
  int height_;
  StampLayout stamp_;
  std::string caption_;
  std::vector<std::uint8_t> background_;  ///< Empty if the texture is shown.
  std::optional<BusyTexture> texture_;
};

/// "HH:MM:SS.mmm" of a Unix time, in UTC.
[[nodiscard]] std::string clock_text(std::int64_t unix_ms);

}  // namespace rtcbot::media
