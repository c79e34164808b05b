#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "rtcbot/media/camera.hpp"

namespace rtcbot::media {

/// Pointers to the three writable planes of an I420 picture. A view; strides in bytes.
struct I420Planes {
  std::uint8_t* y = nullptr;
  std::uint8_t* u = nullptr;
  std::uint8_t* v = nullptr;
  int stride_y = 0;
  int stride_u = 0;
  int stride_v = 0;
};

/// Bytes of an I420 picture without padding.
[[nodiscard]] constexpr std::size_t i420_size(int width, int height) {
  return static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3 / 2;
}

/// Picture buffers that are reused when nobody holds them, so that a running camera does not allocate.
/// Grows to the number of pictures held at one time; a frame may outlive the pool. Thread-safe.
class PicturePool {
 public:
  /// @pre even width and height, at least 2.
  PicturePool(int width, int height) : width_(width), height_(height), unused_(std::make_shared<Unused>()) {}

  /// Returns a picture that nobody else holds, with arbitrary content. Fill it through `planes` before you pass the
  /// frame on.
  [[nodiscard]] RawFrame take(I420Planes& planes);

 private:
  using Bytes = std::vector<std::uint8_t>;
  struct Unused {
    std::mutex mutex;
    std::vector<std::unique_ptr<Bytes>> pictures;  // guarded by mutex
  };
  int width_;
  int height_;
  std::shared_ptr<Unused> unused_;
};

}  // namespace rtcbot::media
