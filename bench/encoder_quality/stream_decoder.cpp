#include "stream_decoder.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <algorithm>
#include <string>

#include "gst.hpp"

namespace rtcbot::bench {

struct StreamDecoder::Impl {
  media::GstPtr<GstElement> pipeline, in, out;
  GstClockTime time = 0;
};

StreamDecoder::StreamDecoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StreamDecoder::~StreamDecoder() { gst_element_set_state(impl_->pipeline.get(), GST_STATE_NULL); }

Result<std::unique_ptr<StreamDecoder>> StreamDecoder::open(VideoCodec codec) {
  const std::string decoder = codec == VideoCodec::h264
                                  ? "caps=\"video/x-h264,stream-format=byte-stream,alignment=au\" ! h264parse ! "
                                    "avdec_h264 max-threads=1"
                                  : "caps=\"video/x-vp8\" ! vp8dec threads=1";
  auto pipeline = media::parse_pipeline("appsrc name=in format=time is-live=true " + decoder +
                                        " ! video/x-raw,format=I420 ! appsink name=out sync=false");
  if (!pipeline) return fail(pipeline.error());
  auto impl = std::make_unique<Impl>();
  impl->pipeline = std::move(*pipeline);
  impl->in = media::element_named(impl->pipeline.get(), "in");
  impl->out = media::element_named(impl->pipeline.get(), "out");
  gst_element_set_state(impl->pipeline.get(), GST_STATE_PLAYING);
  return std::unique_ptr<StreamDecoder>(new StreamDecoder(std::move(impl)));
}

std::optional<Luma> StreamDecoder::decode(std::span<const std::uint8_t> frame) {
  GstBuffer* buffer = gst_buffer_new_memdup(frame.data(), frame.size());
  GST_BUFFER_PTS(buffer) = impl_->time += GST_SECOND / 30;
  if (gst_app_src_push_buffer(GST_APP_SRC(impl_->in.get()), buffer) != GST_FLOW_OK) return std::nullopt;
  const media::GstPtr<GstSample> sample(gst_app_sink_try_pull_sample(GST_APP_SINK(impl_->out.get()), 5 * GST_SECOND));
  if (!sample) return std::nullopt;
  GstVideoInfo info;
  GstVideoFrame mapped;
  if (gst_video_info_from_caps(&info, gst_sample_get_caps(sample.get())) == FALSE ||
      gst_video_frame_map(&mapped, &info, gst_sample_get_buffer(sample.get()), GST_MAP_READ) == FALSE) {
    return std::nullopt;
  }
  Luma luma{GST_VIDEO_FRAME_WIDTH(&mapped), GST_VIDEO_FRAME_HEIGHT(&mapped), {}};
  const auto* data = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&mapped, 0));
  const std::ptrdiff_t stride = GST_VIDEO_FRAME_PLANE_STRIDE(&mapped, 0);
  luma.samples.reserve(static_cast<std::size_t>(luma.width) * static_cast<std::size_t>(luma.height));
  for (int y = 0; y < luma.height; ++y) {
    luma.samples.insert(luma.samples.end(), data + y * stride, data + y * stride + luma.width);
  }
  gst_video_frame_unmap(&mapped);
  return luma;
}

}  // namespace rtcbot::bench
