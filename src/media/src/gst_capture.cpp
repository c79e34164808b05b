#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include <functional>
#include <mutex>
#include <optional>

#include "camera_fault.hpp"
#include "capture.hpp"
#include "gst.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "rtsp_streams.hpp"
#include "source.hpp"

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kOpenLimit{5'000};
constexpr milliseconds kCloseLimit{2'000};
constexpr Duration kOldestBelievable = milliseconds(2'000);
constexpr const char* kNoVideo = "the camera offers no video at this address";

/// A raw GStreamer picture, mapped until it is released.
struct MappedPicture {
  GstPtr<GstSample> sample;
  GstVideoFrame frame{};
  bool mapped = false;
  explicit MappedPicture(GstSample* taken) : sample(taken) {}
  MappedPicture(const MappedPicture&) = delete;
  MappedPicture& operator=(const MappedPicture&) = delete;
  ~MappedPicture() {
    if (mapped) gst_video_frame_unmap(&frame);
  }
  bool map() {
    GstVideoInfo info;
    GstCaps* caps = gst_sample_get_caps(sample.get());
    GstBuffer* buffer = gst_sample_get_buffer(sample.get());
    if (caps == nullptr || buffer == nullptr || gst_video_info_from_caps(&info, caps) == FALSE) return false;
    mapped = gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ) != FALSE;
    return mapped;
  }
  [[nodiscard]] int stride(guint plane) const { return GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane); }
  [[nodiscard]] std::span<const std::uint8_t> plane(guint plane, int rows) const {
    return {static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane)),
            static_cast<std::size_t>(stride(plane)) * static_cast<std::size_t>(rows)};
  }
};

/// State shared by the callbacks and the capture. The callbacks may outlive the capture if a driver hangs.
struct Shared {
  CaptureEvents events;
  LogSink log;
  GstPtr<GstElement> pipeline;
  std::function<bool()> has_video;  // for an RTSP camera; set before it plays
  std::mutex mutex;
  bool closed = false;               // guarded by mutex
  std::optional<std::string> words;  // guarded by mutex: the first error's text
  std::string missing;               // guarded by mutex: the plugin that is not installed

  void on_sample(GstSample* taken);
  void fail_with(const std::string& reason);
  void note_missing(std::string what);
  [[nodiscard]] std::string fault(GstMessage* message);
  GstBusSyncReply on_message(GstMessage* message);
  [[nodiscard]] Timestamp capture_time(GstSample* sample) const;
};

/// The capture time on the monotonic clock if the source reports it; otherwise now.
Timestamp Shared::capture_time(GstSample* sample) const {
  const Timestamp now = runtime::now();
  const GstClockTime running = gst_segment_to_running_time(gst_sample_get_segment(sample), GST_FORMAT_TIME,
                                                           GST_BUFFER_PTS(gst_sample_get_buffer(sample)));
  const GstClockTime base = gst_element_get_base_time(pipeline.get());
  if (running == GST_CLOCK_TIME_NONE || base == GST_CLOCK_TIME_NONE) return now;
  const Timestamp told(Duration(static_cast<std::int64_t>((base + running) / 1000)));
  return told <= now && now - told <= kOldestBelievable ? told : now;
}

void Shared::on_sample(GstSample* taken) {
  auto picture = std::make_shared<MappedPicture>(taken);
  if (!picture->map()) return fail_with("a picture cannot be read");
  RawFrame raw;
  raw.width = GST_VIDEO_FRAME_WIDTH(&picture->frame);
  raw.height = GST_VIDEO_FRAME_HEIGHT(&picture->frame);
  raw.y = picture->plane(0, raw.height);
  raw.u = picture->plane(1, raw.height / 2);
  raw.v = picture->plane(2, raw.height / 2);
  raw.stride_y = picture->stride(0);
  raw.stride_u = picture->stride(1);
  raw.stride_v = picture->stride(2);
  raw.captured_at = capture_time(taken);
  raw.owner = std::move(picture);
  events.on_picture(raw);
}

void Shared::fail_with(const std::string& reason) {
  {
    const std::lock_guard lock(mutex);
    if (closed || words) return;
    words = reason;
  }
  events.on_failure(Error(Errc::camera_failed, reason));
}

/// Stored for an error that may follow. Without one it does no harm, for example for sound without a decoder.
void Shared::note_missing(std::string what) {
  if (what.empty()) return;
  const std::lock_guard lock(mutex);
  missing = std::move(what);
}

std::string Shared::fault(GstMessage* message) {
  if (has_video && !has_video() && is_without_stream(message)) return kNoVideo;
  const std::lock_guard lock(mutex);
  return fault_of(message, missing);
}

GstBusSyncReply Shared::on_message(GstMessage* message) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR: fail_with(fault(message)); break;
    case GST_MESSAGE_EOS: fail_with("the source has ended"); break;
    case GST_MESSAGE_ELEMENT: note_missing(missing_plugin(message)); break;
    case GST_MESSAGE_WARNING:
      if (log) log({LogLevel::warning, "media", words_of(message)});
      break;
    default: break;
  }
  gst_message_unref(message);
  return GST_BUS_DROP;
}

class GstCapture final : public Capture {
 public:
  explicit GstCapture(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {
    const auto release = [](gpointer self) { delete static_cast<std::shared_ptr<Shared>*>(self); };
    GstAppSinkCallbacks callbacks{};
    callbacks.new_sample = [](GstAppSink* sink, gpointer self) {
      GstSample* sample = gst_app_sink_pull_sample(sink);
      if (sample != nullptr) (*static_cast<std::shared_ptr<Shared>*>(self))->on_sample(sample);
      return GST_FLOW_OK;
    };
    const GstPtr<GstElement> out = element_named(pipeline(), "out");
    gst_app_sink_set_callbacks(GST_APP_SINK(out.get()), &callbacks, new std::shared_ptr<Shared>(shared_), release);
    const GstPtr<GstBus> bus(gst_element_get_bus(pipeline()));
    gst_bus_set_sync_handler(
        bus.get(),
        [](GstBus*, GstMessage* message, gpointer self) {
          return (*static_cast<std::shared_ptr<Shared>*>(self))->on_message(message);
        },
        new std::shared_ptr<Shared>(shared_), release);
    if (const GstPtr<GstElement> rtsp = element_named(pipeline(), std::string(kRtspElement).c_str())) {
      shared_->has_video = take_video_alone(rtsp.get(), [weak = std::weak_ptr(shared_)] {
        if (const auto alive = weak.lock()) alive->fail_with(kNoVideo);
      });
    }
  }

  ~GstCapture() override {
    {
      const std::lock_guard lock(shared_->mutex);
      shared_->closed = true;
    }
    if (change_state(pipeline(), GST_STATE_NULL, kCloseLimit) == StateChange::hung) return;
    const GstPtr<GstBus> bus(gst_element_get_bus(pipeline()));
    gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
    const GstPtr<GstElement> out = element_named(pipeline(), "out");
    GstAppSinkCallbacks none{};
    gst_app_sink_set_callbacks(GST_APP_SINK(out.get()), &none, nullptr, nullptr);
  }
  GstCapture(const GstCapture&) = delete;
  GstCapture& operator=(const GstCapture&) = delete;

  [[nodiscard]] Result<void> play() {
    // Always uses the monotonic clock, so that capture times are meaningful outside the pipeline.
    GstClock* clock = gst_system_clock_obtain();
    gst_pipeline_use_clock(GST_PIPELINE(pipeline()), clock);
    gst_object_unref(clock);
    StateChange change = change_state(pipeline(), GST_STATE_PAUSED, kOpenLimit);
    // The clock paces a file. It does not pace a live source, where waiting would only add delay.
    const GstPtr<GstElement> out = element_named(pipeline(), "out");
    if (change == StateChange::done || change == StateChange::coming) g_object_set(out.get(), "sync", TRUE, nullptr);
    if (change != StateChange::failed && change != StateChange::hung) {
      change = change_state(pipeline(), GST_STATE_PLAYING, kOpenLimit);
    }
    if (change == StateChange::hung) return fail(Errc::camera_failed, "the device does not answer within 5 s");
    const std::lock_guard lock(shared_->mutex);
    if (shared_->words) return fail(Errc::camera_failed, *shared_->words);
    if (change == StateChange::failed) return fail(Errc::camera_failed, "the source cannot be started");
    return {};
  }

 private:
  [[nodiscard]] GstElement* pipeline() const { return shared_->pipeline.get(); }
  std::shared_ptr<Shared> shared_;
};

}  // namespace

std::string capture_pipeline(const GstSource& source, const PictureFormat& format) {
  std::string text = source.description;
  // In a source with sound, only video is decoded and taken.
  if (source.decode) text += " ! decodebin expose-all-streams=false caps=\"video/x-raw(ANY)\"";
  text += " ! videoconvert ! videoscale ! video/x-raw,format=I420,width=" + std::to_string(format.width) +
          ",height=" + std::to_string(format.height) + ",pixel-aspect-ratio=1/1";
  return text + " ! appsink name=out max-buffers=1 drop=true sync=false enable-last-sample=false";
}

Result<std::unique_ptr<Capture>> open_gst_capture(const GstSource& source, const PictureFormat& format,
                                                  CaptureEvents events, const LogSink& log) {
  if (auto started = start_gstreamer(); !started) return fail(started.error());
  auto parsed = parse_pipeline(capture_pipeline(source, format));
  if (!parsed) return fail(parsed.error());
  auto shared = std::make_shared<Shared>();
  shared->events = std::move(events);
  shared->log = log;
  shared->pipeline = std::move(*parsed);
  auto capture = std::make_unique<GstCapture>(std::move(shared));
  if (auto playing = capture->play(); !playing) return fail(playing.error());
  return capture;
}

}  // namespace rtcbot::media
