#include "planes.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>

namespace rtcbot::media {

RawFrame PicturePool::take(I420Planes& planes) {
  auto unused = std::find_if(pictures_.begin(), pictures_.end(), [](const auto& p) { return p.use_count() == 1; });
  if (unused == pictures_.end()) {
    pictures_.push_back(std::make_shared<Bytes>(i420_size(width_, height_)));
    unused = std::prev(pictures_.end());
  } else {
    // Pairs with the release of the last holder on another thread: what it read stays before what we write.
    std::atomic_thread_fence(std::memory_order_acquire);
  }
  Bytes& bytes = **unused;
  const std::size_t luma = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
  planes = {.y = bytes.data(),
            .u = bytes.data() + luma,
            .v = bytes.data() + luma + luma / 4,
            .stride_y = width_,
            .stride_u = width_ / 2,
            .stride_v = width_ / 2};
  return {.owner = *unused,
          .width = width_,
          .height = height_,
          .y = {planes.y, luma},
          .u = {planes.u, luma / 4},
          .v = {planes.v, luma / 4},
          .stride_y = planes.stride_y,
          .stride_u = planes.stride_u,
          .stride_v = planes.stride_v};
}

}  // namespace rtcbot::media
