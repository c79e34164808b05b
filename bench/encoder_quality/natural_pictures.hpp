#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "planes.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::bench {

/// Natural pictures without end, the same ones in each run.
class NaturalPictures {
 public:
  virtual ~NaturalPictures() = default;

  /// Writes the next picture.
  virtual void next(const media::I420Planes& planes) = 0;

  /// @param source "drive:FILE" (a photograph as the camera of a driving robot sees it), "still:FILE" (as that of a
  /// standing robot sees it: the sensor's noise alone) or "video:FILE" (a recorded video, enlarged, from the start
  /// again when it ends).  @pre even width and height.
  /// Errors: bad_config.
  [[nodiscard]] static Result<std::unique_ptr<NaturalPictures>> open(const std::string& source, int width, int height);
};

/// One plane of a picture in memory.
struct Plane {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> samples;
};

/// A picture in memory: luma and both chromas at half the size.
struct Photograph {
  Plane y, u, v;
};

/// Where a camera looks: a part of a photograph.
struct CameraView {
  double x = 0.5;     ///< Of the centre, as a share of the photograph's width.
  double y = 0.5;     ///< Of the centre, as a share of the photograph's height.
  double width = 1;   ///< Of the part, as a share of the photograph's width.
  double roll = 0.0;  ///< Radians.
};

/// The view of a driving robot's camera at its picture `number`, of 30 a second: turns, drives up to things and away
/// from them, and shakes.  A function of its argument.
[[nodiscard]] CameraView driving_view(int number);

}  // namespace rtcbot::bench
