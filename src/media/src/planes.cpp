#include "planes.hpp"

namespace rtcbot::media {

RawFrame PicturePool::take(I420Planes& planes) {
  std::unique_ptr<Bytes> bytes;
  {
    const std::lock_guard lock(unused_->mutex);
    if (!unused_->pictures.empty()) {
      bytes = std::move(unused_->pictures.back());
      unused_->pictures.pop_back();
    }
  }
  if (!bytes) bytes = std::make_unique<Bytes>(i420_size(width_, height_));
  const std::size_t luma = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
  planes = {.y = bytes->data(),
            .u = bytes->data() + luma,
            .v = bytes->data() + luma + luma / 4,
            .stride_y = width_,
            .stride_u = width_ / 2,
            .stride_v = width_ / 2};
  const auto give_back = [unused = unused_](Bytes* released) {
    std::unique_ptr<Bytes> picture(released);
    const std::lock_guard lock(unused->mutex);
    unused->pictures.push_back(std::move(picture));
  };
  return {.owner = std::shared_ptr<Bytes>(bytes.release(), give_back),
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
