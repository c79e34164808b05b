#include <gst/app/gstappsink.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include "audio_source.hpp"
#include "kept_pipeline.hpp"
#include "rtcbot/media/audio.hpp"

namespace rtcbot::media {
namespace {

using Listener = std::function<void(const AudioBlock&)>;

/// The listeners, and the sound cut into blocks. A driver that hangs may hold this longer than the microphone exists.
class Listeners {
 public:
  std::uint64_t add(Listener listener) {
    const std::lock_guard lock(mutex_);
    listeners_[++last_] = std::move(listener);
    return last_;
  }

  /// The listener is not called after this returns.  @returns true if it was the last one.
  bool remove(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    listeners_.erase(id);
    return listeners_.empty();
  }

  void push(const std::uint8_t* bytes, std::size_t size) {
    const std::lock_guard lock(mutex_);
    while (size > 0) {
      const std::size_t part = std::min(size, sizeof(AudioBlock) - filled_);
      std::memcpy(reinterpret_cast<std::uint8_t*>(block_.data()) + filled_, bytes, part);
      filled_ += part;
      bytes += part;
      size -= part;
      if (filled_ < sizeof(AudioBlock)) return;
      filled_ = 0;
      ++blocks_;
      for (const auto& [id, listener] : listeners_) listener(block_);
    }
  }

  [[nodiscard]] std::pair<int, std::int64_t> counts() const {
    const std::lock_guard lock(mutex_);
    return {static_cast<int>(listeners_.size()), blocks_};
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::uint64_t, Listener> listeners_;
  std::uint64_t last_ = 0;
  AudioBlock block_{};
  std::size_t filled_ = 0;  ///< Bytes.
  std::int64_t blocks_ = 0;
};

void on_sample(GstAppSink* sink, Listeners& listeners) {
  const GstPtr<GstSample> sample(gst_app_sink_pull_sample(sink));
  GstBuffer* buffer = sample ? gst_sample_get_buffer(sample.get()) : nullptr;
  GstMapInfo map;
  if (buffer == nullptr || gst_buffer_map(buffer, &map, GST_MAP_READ) == FALSE) return;
  listeners.push(map.data, map.size);
  gst_buffer_unmap(buffer, &map);
}

void wire(GstElement* pipeline, const std::shared_ptr<Listeners>& listeners) {
  if (pipeline == nullptr) return;
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* sink, gpointer self) {
    on_sample(sink, **static_cast<std::shared_ptr<Listeners>*>(self));
    return GST_FLOW_OK;
  };
  const GstPtr<GstElement> out = element_named(pipeline, "out");
  gst_app_sink_set_callbacks(GST_APP_SINK(out.get()), &callbacks, new std::shared_ptr<Listeners>(listeners),
                             [](gpointer self) { delete static_cast<std::shared_ptr<Listeners>*>(self); });
}

class GstMicrophone : public Microphone, public std::enable_shared_from_this<GstMicrophone> {
 public:
  GstMicrophone(std::string description, const LogSink& log)
      : pipeline_({.name = "microphone",
                   .description = std::move(description),
                   .log = log,
                   .wire = [listeners = listeners_](GstElement* pipeline) { wire(pipeline, listeners); }}) {}

  std::shared_ptr<void> listen(Listener listener) override {
    const std::lock_guard lock(mutex_);
    const std::uint64_t id = listeners_->add(std::move(listener));
    pipeline_.want(true);
    return {reinterpret_cast<void*>(1), [self = shared_from_this(), id](void*) { self->leave(id); }};
  }

  [[nodiscard]] MicrophoneStats stats() const override {
    const auto [listening, blocks] = listeners_->counts();
    return {
        .running = pipeline_.is_running(), .listeners = listening, .blocks = blocks, .failures = pipeline_.failures()};
  }

 private:
  void leave(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    if (listeners_->remove(id)) pipeline_.want(false);
  }

  std::mutex mutex_;  ///< Serialises adding and removing.
  const std::shared_ptr<Listeners> listeners_ = std::make_shared<Listeners>();
  KeptPipeline pipeline_;
};

}  // namespace

Result<std::shared_ptr<Microphone>> Microphone::create(const MicrophoneConfig& config, const LogSink& log) {
  auto source = describe_microphone(config.source);
  if (!source) return fail(source.error());
  if (auto started = start_gstreamer(); !started) return fail(started.error());
  // Drops sound that was not read in time, the oldest first.
  std::string description = *source +
                            " ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=48000,channels=1,"
                            "layout=interleaved ! appsink name=out max-buffers=20 drop=true sync=false "
                            "enable-last-sample=false";
  if (auto parsed = parse_pipeline(description); !parsed) return fail(parsed.error());
  return std::make_shared<GstMicrophone>(std::move(description), log);
}

}  // namespace rtcbot::media
