#include "rtcbot/media/jpeg.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

#include "gst.hpp"

namespace rtcbot::media {
namespace {

constexpr std::chrono::milliseconds kLimit{2'000};
constexpr std::array kQualities{75, 55, 35, 15};

int even(int size) { return std::max(16, size & ~1); }

std::string describe(const RawFrame& frame, int width, int quality) {
  const int height = even(frame.height * width / std::max(frame.width, 1));
  return std::string("appsrc name=in format=time num-buffers=1 ! videoscale method=bilinear add-borders=false ! ") +
         "video/x-raw,width=" + std::to_string(width) + ",height=" + std::to_string(height) +
         ",pixel-aspect-ratio=1/1 ! jpegenc quality=" + std::to_string(quality) +
         " ! appsink name=out sync=false max-buffers=1 enable-last-sample=false";
}

/// Copies the picture row by row into GStreamer's default layout.
GstBuffer* copy_of(const RawFrame& frame, const GstVideoInfo& info) {
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, info.size, nullptr);
  GstMapInfo map{};
  gst_buffer_map(buffer, &map, GST_MAP_WRITE);
  const std::array planes{frame.y, frame.u, frame.v};
  const std::array strides{frame.stride_y, frame.stride_u, frame.stride_v};
  for (std::size_t plane = 0; plane < planes.size(); ++plane) {
    const auto rows = static_cast<std::size_t>(plane == 0 ? frame.height : (frame.height + 1) / 2);
    const auto bytes = static_cast<std::size_t>(plane == 0 ? frame.width : (frame.width + 1) / 2);
    const auto to_stride = static_cast<std::size_t>(info.stride[plane]),
               stride = static_cast<std::size_t>(strides[plane]);
    for (std::size_t row = 0; row < rows; ++row) {
      std::memcpy(map.data + info.offset[plane] + row * to_stride, planes[plane].data() + row * stride, bytes);
    }
  }
  gst_buffer_unmap(buffer, &map);
  GST_BUFFER_PTS(buffer) = 0;
  return buffer;
}

Result<std::string> encode(const RawFrame& frame, int width, int quality) {
  auto pipeline = parse_pipeline(describe(frame, width, quality));
  if (!pipeline) return fail(Errc::no_encoder, pipeline.error().what());
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, static_cast<guint>(frame.width),
                            static_cast<guint>(frame.height));
  info.fps_n = 1;
  const GstPtr<GstCaps> caps(gst_video_info_to_caps(&info));
  const auto in = element_named(pipeline->get(), "in"), out = element_named(pipeline->get(), "out");
  gst_app_src_set_caps(GST_APP_SRC(in.get()), caps.get());
  if (gst_element_set_state(pipeline->get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    gst_element_set_state(pipeline->get(), GST_STATE_NULL);
    return fail(Errc::internal, "the JPEG encoder did not start");
  }
  gst_app_src_push_buffer(GST_APP_SRC(in.get()), copy_of(frame, info));
  const GstPtr<GstSample> sample(gst_app_sink_try_pull_sample(
      GST_APP_SINK(out.get()), static_cast<GstClockTime>(std::chrono::nanoseconds(kLimit).count())));
  std::string jpeg;
  GstMapInfo map{};
  GstBuffer* buffer = sample ? gst_sample_get_buffer(sample.get()) : nullptr;
  if (buffer != nullptr && gst_buffer_map(buffer, &map, GST_MAP_READ) != FALSE) {
    jpeg.assign(reinterpret_cast<const char*>(map.data), map.size);
    gst_buffer_unmap(buffer, &map);
  }
  gst_element_set_state(pipeline->get(), GST_STATE_NULL);
  if (jpeg.empty()) return fail(Errc::internal, "the JPEG encoder produced nothing in time");
  return jpeg;
}

}  // namespace

Result<std::string> to_jpeg(const RawFrame& frame, const JpegLimits& limits) {
  if (auto started = start_gstreamer(); !started) return fail(started.error());
  if (!has_element("jpegenc")) {
    return fail(Errc::no_encoder, "GStreamer's jpegenc is missing; install gstreamer1.0-plugins-good");
  }
  const int width = even(std::min(frame.width, limits.width));
  for (const int quality : kQualities) {
    auto jpeg = encode(frame, width, quality);
    if (!jpeg || jpeg->size() <= limits.max_bytes) return jpeg;
  }
  return fail(Errc::too_large, "the picture does not fit into " + std::to_string(limits.max_bytes) + " bytes");
}

}  // namespace rtcbot::media
