#include <gst/app/gstappsrc.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "audio_source.hpp"
#include "kept_pipeline.hpp"
#include "rtcbot/media/audio.hpp"
#include "voice_mixer.hpp"

namespace rtcbot::media {
namespace {

/// The voices and the entry of the playing pipeline. Thread-safe.
class Stage {
 public:
  void set_entry(GstPtr<GstElement> entry) {
    const std::lock_guard lock(mutex_);
    entry_ = std::move(entry);
  }

  VoiceMixer::Id add() {
    const std::lock_guard lock(mutex_);
    mixer_.add(++last_);
    ++voices_;
    return last_;
  }

  /// @returns true if it was the last one.
  bool remove(VoiceMixer::Id voice) {
    const std::lock_guard lock(mutex_);
    mixer_.remove(voice);
    --voices_;
    return mixer_.is_empty();
  }

  void put(VoiceMixer::Id voice, const AudioBlock& said) {
    const std::lock_guard lock(mutex_);
    const auto block = mixer_.put(voice, said);
    if (!block || !entry_) return;
    loudest_db_ = std::max(loudest_db_, level_of(*block));
    GstBuffer* buffer = gst_buffer_new_allocate(nullptr, sizeof(AudioBlock), nullptr);
    gst_buffer_fill(buffer, 0, block->data(), sizeof(AudioBlock));
    // Never waits: a full queue drops its oldest block.
    if (gst_app_src_push_buffer(GST_APP_SRC(entry_.get()), buffer) == GST_FLOW_OK) ++blocks_;
  }

  void read(SpeakerStats& stats) const {
    const std::lock_guard lock(mutex_);
    stats.voices = voices_;
    stats.blocks = blocks_;
    stats.loudest_db = loudest_db_;
  }

 private:
  mutable std::mutex mutex_;
  VoiceMixer mixer_;
  GstPtr<GstElement> entry_;
  VoiceMixer::Id last_ = 0;
  int voices_ = 0;
  std::int64_t blocks_ = 0;
  double loudest_db_ = -100;
};

class GstSpeaker : public Speaker, public std::enable_shared_from_this<GstSpeaker> {
 public:
  GstSpeaker(std::string description, const LogSink& log)
      : pipeline_({.name = "speaker",
                   .description = std::move(description),
                   .log = log,
                   .wire = [stage = stage_](GstElement* pipeline) {
                     stage->set_entry(pipeline != nullptr ? element_named(pipeline, "in") : nullptr);
                   }}) {}

  std::unique_ptr<AudioVoice> open_voice() override {
    const std::lock_guard lock(mutex_);
    pipeline_.want(true);
    return std::make_unique<Voice>(shared_from_this(), stage_->add());
  }

  [[nodiscard]] SpeakerStats stats() const override {
    SpeakerStats stats{.running = pipeline_.is_running(), .failures = pipeline_.failures()};
    stage_->read(stats);
    return stats;
  }

 private:
  class Voice : public AudioVoice {
   public:
    Voice(std::shared_ptr<GstSpeaker> speaker, VoiceMixer::Id id) : speaker_(std::move(speaker)), id_(id) {}
    ~Voice() override { speaker_->leave(id_); }
    Voice(const Voice&) = delete;
    Voice& operator=(const Voice&) = delete;
    void play(const AudioBlock& block) override { speaker_->stage_->put(id_, block); }

   private:
    const std::shared_ptr<GstSpeaker> speaker_;
    const VoiceMixer::Id id_;
  };

  void leave(VoiceMixer::Id voice) {
    const std::lock_guard lock(mutex_);
    if (stage_->remove(voice)) pipeline_.want(false);
  }

  std::mutex mutex_;  ///< Serialises adding and removing.
  const std::shared_ptr<Stage> stage_ = std::make_shared<Stage>();
  KeptPipeline pipeline_;
};

}  // namespace

Result<std::shared_ptr<Speaker>> Speaker::create(const SpeakerConfig& config, const LogSink& log) {
  auto sink = describe_speaker(config.sink);
  if (!sink) return fail(sink.error());
  if (auto started = start_gstreamer(); !started) return fail(started.error());
  // At most 200 ms wait for the device; older sound is dropped.
  std::string description =
      "appsrc name=in is-live=true format=time do-timestamp=true block=false leaky-type=downstream max-bytes=19200 "
      "caps=audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved ! audioconvert ! audioresample ! " +
      *sink;
  if (auto parsed = parse_pipeline(description); !parsed) return fail(parsed.error());
  return std::make_shared<GstSpeaker>(std::move(description), log);
}

}  // namespace rtcbot::media
