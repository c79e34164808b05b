#pragma once

#include <cstdint>
#include <vector>

#include "planes.hpp"

namespace rtcbot::media {

/// A moving texture that is hard to encode and cheap to draw: what a robot sees that drives through tall grass.
///
/// Noise with detail at every scale is painted once, larger than the picture. A picture is a window into it that
/// wanders, and each line of the window has an offset of its own, which sways: drawing is copying, but no block has
/// moved as a whole, so that an encoder finds something left to say about each. The same for every run.  Pure;
/// `copy_to` may be called by several threads.
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
