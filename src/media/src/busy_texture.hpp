#pragma once

#include <cstdint>
#include <vector>

#include "planes.hpp"

namespace rtcbot::media {

/// A moving texture that is hard to encode and cheap to draw, like the view of a robot in tall grass.
///
/// The constructor paints noise with detail at every scale, larger than the picture. Each picture is a window of that
/// noise that moves, with an oscillating offset for each line. So drawing is copying, but no block moves as a whole,
/// and the encoder has to encode new detail in each. The same for every run.  Pure; several threads may call `copy_to`.
class BusyTexture {
 public:
  /// @pre even sizes, 16 to 4096.
  BusyTexture(int width, int height);

  /// Fills the planes with picture `frame_number`.
  void copy_to(const I420Planes& planes, std::int64_t frame_number) const;

 private:
  struct Plane {
    int width, height;  ///< Of the window.
    int stride;
    std::vector<std::uint8_t> samples;
  };
  static Plane paint(int width, int height, int margin, std::uint32_t seed, int contrast);
  static void copy_window(const Plane& from, std::uint8_t* to, int stride, std::int64_t frame_number, int unit);

  Plane luma_;
  Plane u_;
  Plane v_;
};

}  // namespace rtcbot::media
