#include "decoder.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include "gst.hpp"
#include "rtcbot/media/time_stamp_blocks.hpp"

namespace rtcbot::media {
namespace {

std::string decoder_pipeline(VideoCodec codec) {
  const std::string decoder =
      codec == VideoCodec::h264
          ? "caps=\"video/x-h264,stream-format=byte-stream,alignment=au\" ! h264parse ! avdec_h264 max-threads=1"
          : "caps=\"video/x-vp8\" ! vp8dec threads=1";
  return "appsrc name=in format=time is-live=false " + decoder +
         " ! videoconvert ! video/x-raw,format=I420 ! appsink name=out sync=false";
}

DecodedPicture copy_of(GstSample* sample) {
  DecodedPicture picture;
  GstVideoInfo info;
  GstVideoFrame frame;
  if (gst_video_info_from_caps(&info, gst_sample_get_caps(sample)) == FALSE) return picture;
  if (gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ) == FALSE) return picture;
  picture.width = GST_VIDEO_FRAME_WIDTH(&frame);
  picture.height = GST_VIDEO_FRAME_HEIGHT(&frame);
  picture.stride = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
  const auto* data = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0));
  picture.luma.assign(data, data + static_cast<std::ptrdiff_t>(picture.stride) * picture.height);
  gst_video_frame_unmap(&frame);
  return picture;
}

}  // namespace

std::optional<std::uint32_t> DecodedPicture::time_stamp(int full_width) const {
  return read_time_stamp(luma, stride, width, height, full_width);
}

std::vector<DecodedPicture> decode(std::span<const EncodedFrame> frames) {
  std::vector<DecodedPicture> pictures;
  if (frames.empty() || !start_gstreamer()) return pictures;
  auto pipeline = parse_pipeline(decoder_pipeline(frames.front().codec));
  if (!pipeline) return pictures;
  const auto in = element_named(pipeline->get(), "in");
  const auto out = element_named(pipeline->get(), "out");
  gst_element_set_state(pipeline->get(), GST_STATE_PLAYING);
  GstClockTime time = 0;
  for (const EncodedFrame& frame : frames) {
    GstBuffer* buffer = gst_buffer_new_memdup(frame.data.data(), frame.data.size());
    GST_BUFFER_PTS(buffer) = time += 33 * GST_MSECOND;
    gst_app_src_push_buffer(GST_APP_SRC(in.get()), buffer);
  }
  gst_app_src_end_of_stream(GST_APP_SRC(in.get()));
  while (GstSample* sample = gst_app_sink_try_pull_sample(GST_APP_SINK(out.get()), 5 * GST_SECOND)) {
    pictures.push_back(copy_of(sample));
    gst_sample_unref(sample);
  }
  gst_element_set_state(pipeline->get(), GST_STATE_NULL);
  return pictures;
}

}  // namespace rtcbot::media
