#include "picture_shape.hpp"

namespace rtcbot::media {
namespace {

/// VP8 takes somewhat more for the same picture.
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
}

void PictureShape::on_leader(Timestamp now, bool oldest, DataRate rate) {
  if (oldest) {
    stand_in_since_.reset();
  } else if (!stand_in_since_) {
    stand_in_since_ = now;
  }
  const bool settled = !stand_in_since_ || now - *stand_in_since_ >= kStandIn;
  // A rate of zero: the ladder lets the time pass without learning anything from it.
  ladder_.on_target(now, settled ? rate : DataRate());
}

PictureSize PictureShape::size() const {
  return full_only_ ? PictureSize{config_.width, config_.height}
                    : PictureSize{ladder_.step().width, ladder_.step().height};
}

}  // namespace rtcbot::media
