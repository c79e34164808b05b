#include "picture_shape.hpp"

namespace rtcbot::media {
namespace {

/// VP8 needs somewhat more for the same quality.
DataRate full_need(VideoCodec codec) {
  return DataRate::kilobits_per_second(codec == VideoCodec::h264 ? 1'200 : 1'350);
}

}  // namespace

PictureShape::PictureShape(VideoCodec codec, PictureSize full, double frame_rate)
    : config_{.width = full.width, .height = full.height, .frame_rate = frame_rate, .full_need = full_need(codec)},
      ladder_(config_) {}

void PictureShape::restart() {
  ladder_ = congestion::EncoderLadder(config_);
  stand_in_since_.reset();
  left_.reset();
}

void PictureShape::on_highest_priority_left(Timestamp now, ViewerPriority priority) {
  left_ = priority;
  if (!stand_in_since_) stand_in_since_ = now;
}

void PictureShape::on_primary(Timestamp now, Primary primary, DataRate rate) {
  // A viewer that took over driving meanwhile leads in its own right, not as a stand-in.
  const bool succeeds = left_ && left_->is_above(primary.priority) && !primary.priority.drives;
  const bool stands_in = !primary.has_highest_priority || succeeds;
  if (stands_in && !stand_in_since_) stand_in_since_ = now;
  const bool settled = !stands_in || now - *stand_in_since_ >= kStandIn;
  if (settled && primary.has_highest_priority) {
    stand_in_since_.reset();
    left_.reset();
  }
  // With a rate of zero the ladder lets time pass and learns nothing.
  ladder_.on_target(now, settled ? rate : DataRate());
}

PictureSize PictureShape::size() const {
  return full_only_ ? PictureSize{config_.width, config_.height}
                    : PictureSize{ladder_.step().width, ladder_.step().height};
}

}  // namespace rtcbot::media
