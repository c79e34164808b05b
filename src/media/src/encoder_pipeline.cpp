#include "encoder_pipeline.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "gst.hpp"
#include "rate_correction.hpp"

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kStateLimit{1'000};
constexpr std::size_t kMaxInside = 16;  ///< Pictures whose capture times are stored; far above every depth.

/// Ignores rate changes of less than one part in this, because setting the encoder up again costs more.
constexpr std::int64_t kNoticedShare = 50;

/// Running time of the first picture: far enough from zero that none is negative.
constexpr GstClockTime kFirstTime = GST_SECOND;

/// GStreamer scales, not the encoder, so that scaling is the same for each row.
std::string describe_scaling(PictureSize size) {
  return "videoscale method=bilinear add-borders=false ! video/x-raw,width=" + std::to_string(size.width) +
         ",height=" + std::to_string(size.height) + ",pixel-aspect-ratio=1/1 ! ";
}

std::string describe(const EncoderRow& row, const EncoderSettings& settings) {
  std::string text = "appsrc name=in is-live=true format=time do-timestamp=false block=false max-buffers=4 ! ";
  if (settings.scaled_to) text += describe_scaling(*settings.scaled_to);
  if (!row.before.empty()) text += std::string(row.before) + " ! ";
  text += std::string(row.name) + " name=encoder ! " + std::string(row.after);
  return text + " ! appsink name=out sync=false max-buffers=8 drop=false wait-on-eos=false enable-last-sample=false";
}

void apply_settings(GstElement* encoder, const EncoderRow& row, int threads) {
  for (const auto& [name, value] : encoder_settings(row, threads)) {
    // Versions differ in their properties. A missing one is a refinement; nothing essential depends on it.
    if (g_object_class_find_property(G_OBJECT_GET_CLASS(encoder), name.c_str()) == nullptr) continue;
    gst_util_set_object_arg(G_OBJECT(encoder), name.c_str(), value.c_str());
  }
}

void apply_rate(GstElement* encoder, const EncoderRow& row, DataRate bitrate, bool starting) {
  const std::string property(row.rate_property);
  gst_util_set_object_arg(G_OBJECT(encoder), property.c_str(), rate_text(row, bitrate, starting).c_str());
}

GstPtr<GstCaps> raw_caps(const EncoderSettings& settings) {
  return GstPtr<GstCaps>(gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT,
                                             settings.width, "height", G_TYPE_INT, settings.height, "framerate",
                                             GST_TYPE_FRACTION, settings.frame_rate, 1, "interlace-mode", G_TYPE_STRING,
                                             "progressive", "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, nullptr));
}

void append_plane(GstBuffer* buffer, const RawFrame& frame, std::span<const std::uint8_t> plane) {
  // The buffer keeps the frame's owner alive while the encoder holds the plane.
  auto* owner = new std::shared_ptr<const void>(frame.owner);
  auto* bytes = const_cast<std::uint8_t*>(plane.data());  // GStreamer's signature requires it; the memory is marked
                                                          // read-only.
  gst_buffer_append_memory(
      buffer, gst_memory_new_wrapped(GST_MEMORY_FLAG_READONLY, bytes, plane.size(), 0, plane.size(), owner,
                                     [](gpointer held) { delete static_cast<std::shared_ptr<const void>*>(held); }));
}

GstBuffer* wrap_picture(const RawFrame& frame) {
  GstBuffer* buffer = gst_buffer_new();
  append_plane(buffer, frame, frame.y);
  append_plane(buffer, frame, frame.u);
  append_plane(buffer, frame, frame.v);
  gsize offsets[GST_VIDEO_MAX_PLANES] = {0, frame.y.size(), frame.y.size() + frame.u.size(), 0};
  gint strides[GST_VIDEO_MAX_PLANES] = {frame.stride_y, frame.stride_u, frame.stride_v, 0};
  gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420,
                                 static_cast<guint>(frame.width), static_cast<guint>(frame.height), 3, offsets,
                                 strides);
  return buffer;
}

/// An encoded buffer, mapped for reading until it is released.
struct MappedSample {
  GstPtr<GstSample> sample;
  GstMapInfo map{};
  explicit MappedSample(GstSample* taken) : sample(taken) {}
  MappedSample(const MappedSample&) = delete;
  MappedSample& operator=(const MappedSample&) = delete;
  ~MappedSample() {
    if (map.memory != nullptr) gst_buffer_unmap(gst_sample_get_buffer(sample.get()), &map);
  }
};

}  // namespace

struct EncoderPipeline::Impl {
  struct FrameInEncoder {
    GstClockTime time = 0;
    Timestamp captured_at{};
  };

  Impl(const EncoderRow& chosen, const EncoderSettings& settings, Events listeners, LogSink sink)
      : row(chosen),
        frame_interval(std::chrono::microseconds(1'000'000) / settings.frame_rate),
        events(std::move(listeners)),
        log(std::move(sink)),
        asked(settings.bitrate),
        correction(settings.correct_rate ? RateCorrection::Range{.initial = chosen.gain}
                                         : RateCorrection::Range{chosen.gain, chosen.gain, chosen.gain}),
        rate(settings.bitrate * correction.factor()) {}

  EncoderRow row;
  Duration frame_interval;
  Events events;
  LogSink log;
  GstPtr<GstElement> pipeline, in, encoder, out;
  std::mutex mutex;                       // guards the members below; never held while an event is delivered
  std::deque<FrameInEncoder> in_encoder;  // oldest first
  GstClockTime last_time = 0;
  std::optional<Timestamp> epoch;
  DataRate asked;  ///< The rate that the caller wants.
  RateCorrection correction;
  DataRate rate;  ///< The rate that the encoder was set to. Only for the thread that submits.
  guint key_frames_asked = 0;
  bool failed = false;

  GstClockTime next_time(Timestamp captured_at);
  Timestamp take_capture_time(GstClockTime running_time);
  void on_sample(GstSample* sample);
  void report_failure(const std::string& reason);
  void ask_for_key_frame();
  GstBusSyncReply on_message(GstMessage* message);
};

/// Converts capture times to running times that strictly increase, as encoders require.
GstClockTime EncoderPipeline::Impl::next_time(Timestamp captured_at) {
  if (!epoch) epoch = captured_at;
  const std::int64_t since = std::chrono::duration_cast<std::chrono::nanoseconds>(captured_at - *epoch).count();
  const std::int64_t time = static_cast<std::int64_t>(kFirstTime) + since;
  last_time = std::max(last_time + GST_USECOND, static_cast<GstClockTime>(std::max<std::int64_t>(time, 0)));
  return last_time;
}

/// Encoders keep the order but may skip pictures, so older entries are dropped.
Timestamp EncoderPipeline::Impl::take_capture_time(GstClockTime running_time) {
  while (in_encoder.size() > 1 && in_encoder.front().time + GST_USECOND / 2 < running_time) in_encoder.pop_front();
  if (in_encoder.empty()) return Timestamp{};
  const Timestamp captured_at = in_encoder.front().captured_at;
  in_encoder.pop_front();
  return captured_at;
}

void EncoderPipeline::Impl::on_sample(GstSample* sample) {
  auto mapped = std::make_shared<MappedSample>(sample);
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  if (buffer == nullptr || gst_buffer_map(buffer, &mapped->map, GST_MAP_READ) == FALSE) {
    return report_failure("its output cannot be read");
  }
  EncoderOutput output;
  output.data = {mapped->map.data, mapped->map.size};
  output.key_frame = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  const GstClockTime time =
      gst_segment_to_running_time(gst_sample_get_segment(sample), GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  {
    const std::lock_guard lock(mutex);
    output.captured_at = take_capture_time(time == GST_CLOCK_TIME_NONE ? 0 : time);
    const DataSize size = DataSize::bytes(static_cast<std::int64_t>(output.data.size()));
    correction.on_frame(size, std::max(asked, kMinBitrate) * frame_interval, output.key_frame);
  }
  output.owner = std::move(mapped);
  events.on_output(std::move(output));
}

void EncoderPipeline::Impl::report_failure(const std::string& reason) {
  {
    const std::lock_guard lock(mutex);
    if (failed) return;
    failed = true;
  }
  events.on_failure(reason);
}

void EncoderPipeline::Impl::ask_for_key_frame() {
  if (row.key_frame == KeyFrameControl::force_idr) {
    g_signal_emit_by_name(encoder.get(), "force-IDR");
    return;
  }
  gst_element_send_event(encoder.get(),
                         gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, key_frames_asked++));
}

GstBusSyncReply EncoderPipeline::Impl::on_message(GstMessage* message) {
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) report_failure(words_of(message));
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING && log) {
    log({LogLevel::warning, "media", std::string(row.name) + ": " + words_of(message)});
  }
  gst_message_unref(message);
  return GST_BUS_DROP;
}

Result<std::unique_ptr<EncoderPipeline>> EncoderPipeline::start(const EncoderRow& row, const EncoderSettings& settings,
                                                                Events events, const LogSink& log) {
  if (auto started = start_gstreamer(); !started) return fail(started.error());
  const std::string name(row.name);
  if (!has_element(name)) return fail(Errc::no_encoder, name + " is not installed");
  auto parsed = parse_pipeline(describe(row, settings));
  if (!parsed) return fail(Errc::no_encoder, name + " does not fit into a pipeline: " + parsed.error().what());
  auto impl = std::make_shared<Impl>(row, settings, std::move(events), log);
  impl->pipeline = std::move(*parsed);
  impl->in = element_named(impl->pipeline.get(), "in");
  impl->encoder = element_named(impl->pipeline.get(), "encoder");
  impl->out = element_named(impl->pipeline.get(), "out");
  const int processors = static_cast<int>(std::thread::hardware_concurrency());
  const PictureSize size = settings.encoded_size();
  apply_settings(impl->encoder.get(), row, encoder_threads(size.width, size.height, settings.frame_rate, processors));
  apply_rate(impl->encoder.get(), row, impl->rate, true);
  gst_app_src_set_caps(GST_APP_SRC(impl->in.get()), raw_caps(settings).get());

  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* sink, gpointer self) {
    if (GstSample* sample = gst_app_sink_pull_sample(sink))
      (*static_cast<std::shared_ptr<Impl>*>(self))->on_sample(sample);
    return GST_FLOW_OK;
  };
  const auto release = [](gpointer self) { delete static_cast<std::shared_ptr<Impl>*>(self); };
  gst_app_sink_set_callbacks(GST_APP_SINK(impl->out.get()), &callbacks, new std::shared_ptr<Impl>(impl), release);
  const GstPtr<GstBus> bus(gst_element_get_bus(impl->pipeline.get()));
  gst_bus_set_sync_handler(
      bus.get(),
      [](GstBus*, GstMessage* message, gpointer self) {
        return (*static_cast<std::shared_ptr<Impl>*>(self))->on_message(message);
      },
      new std::shared_ptr<Impl>(impl), release);
  std::unique_ptr<EncoderPipeline> encoder(new EncoderPipeline(std::move(impl)));
  const StateChange change = change_state(encoder->impl_->pipeline.get(), GST_STATE_PLAYING, kStateLimit);
  if (change == StateChange::failed || change == StateChange::hung) {
    return fail(Errc::no_encoder,
                name + (change == StateChange::hung ? " hangs when it is started" : " does not start"));
  }
  return encoder;
}

EncoderPipeline::~EncoderPipeline() {
  GstElement* pipeline = impl_->pipeline.get();
  if (change_state(pipeline, GST_STATE_NULL, kStateLimit) == StateChange::hung) return;
  // The callbacks hold the object that holds the pipeline. Removing them releases both.
  const GstPtr<GstBus> bus(gst_element_get_bus(pipeline));
  gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
  GstAppSinkCallbacks none{};
  gst_app_sink_set_callbacks(GST_APP_SINK(impl_->out.get()), &none, nullptr, nullptr);
}

bool EncoderPipeline::submit(const RawFrame& frame, bool key_frame) {
  GstBuffer* buffer = wrap_picture(frame);
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->failed) {
      gst_buffer_unref(buffer);
      return false;
    }
    GST_BUFFER_PTS(buffer) = impl_->next_time(frame.captured_at);
    impl_->in_encoder.push_back({GST_BUFFER_PTS(buffer), frame.captured_at});
    if (impl_->in_encoder.size() > kMaxInside) impl_->in_encoder.pop_front();
  }
  if (key_frame) impl_->ask_for_key_frame();
  return gst_app_src_push_buffer(GST_APP_SRC(impl_->in.get()), buffer) == GST_FLOW_OK;
}

void EncoderPipeline::set_bitrate(DataRate bitrate) {
  DataRate corrected;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->asked = bitrate;
    corrected = std::max(bitrate, kMinBitrate) * impl_->correction.factor();
  }
  const std::int64_t is = rate_value(impl_->row, impl_->rate);
  if (std::abs(rate_value(impl_->row, corrected) - is) * kNoticedShare < is) return;
  impl_->rate = corrected;
  apply_rate(impl_->encoder.get(), impl_->row, corrected, false);
}

const EncoderRow& EncoderPipeline::row() const { return impl_->row; }

}  // namespace rtcbot::media
