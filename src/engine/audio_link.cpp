#include "audio_link.hpp"

#include <absl/strings/match.h>
#include <api/make_ref_counted.h>
#include <api/notifier.h>
#include <pc/rtp_media_utils.h>
#include <pc/session_description.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "rtcbot/congestion/audio_gate.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "transceiver_of.hpp"

namespace rtcbot::engine {

namespace {

constexpr const char* kOpus = "opus";

bool is_opus(const std::string& name) { return absl::EqualsIgnoreCase(name, kOpus); }

webrtc::RtpTransceiverDirection direction_of(const AudioPorts& ports) {
  if (!ports.output) return webrtc::RtpTransceiverDirection::kSendOnly;
  return ports.source ? webrtc::RtpTransceiverDirection::kSendRecv : webrtc::RtpTransceiverDirection::kRecvOnly;
}

}  // namespace

struct AudioLink::Meter {
  std::atomic<std::int64_t> sent{0}, held_back{0}, received{0};
};

/// The source of our track: passes blocks to libwebrtc.
class AudioLink::Track : public webrtc::Notifier<webrtc::AudioSourceInterface> {
 public:
  SourceState state() const override { return kLive; }
  bool remote() const override { return false; }

  void AddSink(webrtc::AudioTrackSinkInterface* sink) override {
    const std::lock_guard lock(mutex_);
    sinks_.push_back(sink);
  }
  void RemoveSink(webrtc::AudioTrackSinkInterface* sink) override {
    const std::lock_guard lock(mutex_);
    std::erase(sinks_, sink);
  }

  void push(const AudioBlock& block) {
    const std::lock_guard lock(mutex_);
    for (auto* sink : sinks_) sink->OnData(block.data(), 16, kAudioRate, 1, block.size(), absl::nullopt);
  }

 private:
  std::mutex mutex_;
  std::vector<webrtc::AudioTrackSinkInterface*> sinks_;
};

/// Receives the other side's track.
class AudioLink::Sink : public webrtc::AudioTrackSinkInterface {
 public:
  Sink(rtc::scoped_refptr<webrtc::AudioTrackInterface> track, std::unique_ptr<AudioVoice> voice,
       std::shared_ptr<Meter> meter)
      : track_(std::move(track)), voice_(std::move(voice)), meter_(std::move(meter)) {
    track_->AddSink(this);
  }
  ~Sink() override { track_->RemoveSink(this); }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  void OnData(const void* data, int bits, int rate, size_t channels, size_t frames) override {
    // Another rate occurs only before the first packet, when there is only silence.
    if (bits != 16 || rate != kAudioRate || frames != kAudioBlockSamples || channels < 1 || channels > 2) return;
    const auto* samples = static_cast<const std::int16_t*>(data);
    AudioBlock block;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const int sum = samples[i * channels] + samples[i * channels + channels - 1];
      block[i] = static_cast<std::int16_t>(sum / 2);
    }
    ++meter_->received;
    voice_->play(block);
  }

 private:
  const rtc::scoped_refptr<webrtc::AudioTrackInterface> track_;
  const std::unique_ptr<AudioVoice> voice_;
  const std::shared_ptr<Meter> meter_;
};

AudioLink::AudioLink(rtc::scoped_refptr<webrtc::RtpTransceiverInterface> transceiver, rtc::scoped_refptr<Track> track,
                     Config config)
    : transceiver_(std::move(transceiver)),
      track_(std::move(track)),
      config_(std::move(config)),
      meter_(std::make_shared<Meter>()) {}

AudioLink::~AudioLink() {
  tap_.reset();
  end_receiving();
}

Result<std::unique_ptr<AudioLink>> AudioLink::add_to(webrtc::PeerConnectionInterface& connection,
                                                     webrtc::PeerConnectionFactoryInterface& factory, Config config) {
  auto source = rtc::make_ref_counted<Track>();
  const auto track = factory.CreateAudioTrack("audio", source.get());
  const auto sender = connection.AddTrack(track, {"rtcbot-audio"});
  if (!sender.ok()) {
    return fail(Errc::internal, std::string("the audio track was refused: ") + sender.error().message());
  }
  auto transceiver = transceiver_of(connection, *sender.value());
  if (!transceiver) return fail(Errc::internal, "the audio track has no transceiver");
  auto codecs = factory.GetRtpSenderCapabilities(cricket::MEDIA_TYPE_AUDIO).codecs;
  std::erase_if(codecs, [](const auto& codec) { return !is_opus(codec.name); });
  for (const webrtc::RTCError& done :
       {transceiver->SetDirectionWithError(direction_of(config.ports)), transceiver->SetCodecPreferences(codecs)}) {
    if (!done.ok()) return fail(Errc::internal, std::string("the audio track was refused: ") + done.message());
  }
  auto link = std::unique_ptr<AudioLink>(new AudioLink(std::move(transceiver), std::move(source), std::move(config)));
  link->set_active(false);
  return link;
}

void AudioLink::set_active(bool active) {
  webrtc::RtpParameters parameters = transceiver_->sender()->GetParameters();
  for (webrtc::RtpEncodingParameters& encoding : parameters.encodings) encoding.active = active;
  // Refused only by a closed connection.
  transceiver_->sender()->SetParameters(parameters);
}

void AudioLink::set_wanted(bool send, bool receive) {
  wants_to_send_ = send;
  wants_to_receive_ = receive;
  apply();
}

void AudioLink::start() {
  is_connected_ = true;
  apply();
}

void AudioLink::stop() {
  is_connected_ = false;
  apply();
}

void AudioLink::apply() {
  const auto agreed = transceiver_->current_direction();
  const bool sends = agreed && webrtc::RtpTransceiverDirectionHasSend(*agreed) && config_.ports.source;
  const bool receives = agreed && webrtc::RtpTransceiverDirectionHasRecv(*agreed) && config_.ports.output;
  const bool send = is_connected_ && wants_to_send_ && sends;
  const bool receive = is_connected_ && wants_to_receive_ && receives;
  if (send && !tap_) begin_sending();
  if (!send && tap_) end_sending();
  if (receive && !sink_) begin_receiving();
  if (!receive && sink_) end_receiving();
}

void AudioLink::begin_sending() {
  set_active(true);
  config_.path->set_aside(kAudioShare);
  tap_ = config_.ports.source->listen(
      [track = track_, meter = meter_, path = config_.path,
       gate = congestion::AudioGate({.min_video = config_.min_video, .audio = kAudioShare})](
          const AudioBlock& block) mutable {
        const auto load = path->load();
        if (load && !gate.admit(runtime::now(), load->estimate, load->is_stalled)) {
          path->set_aside(DataRate());
          ++meter->held_back;
          return;
        }
        if (load) path->set_aside(kAudioShare);
        ++meter->sent;
        track->push(block);
      });
}

void AudioLink::end_sending() {
  tap_.reset();
  config_.path->set_aside(DataRate());
  set_active(false);
}

void AudioLink::begin_receiving() {
  rtc::scoped_refptr<webrtc::AudioTrackInterface> track(
      static_cast<webrtc::AudioTrackInterface*>(transceiver_->receiver()->track().get()));
  sink_ = std::make_unique<Sink>(std::move(track), config_.ports.output->open_voice(), meter_);
  pull_ = config_.puller->hold();
}

void AudioLink::end_receiving() {
  pull_.reset();
  sink_.reset();
}

AudioLink::Counters AudioLink::counters() const {
  return {.blocks_sent = meter_->sent, .blocks_held_back = meter_->held_back, .blocks_received = meter_->received};
}

bool takes_opus(const webrtc::SessionDescriptionInterface& description) {
  for (const cricket::ContentInfo& content : description.description()->contents()) {
    const auto* audio = content.media_description()->as_audio();
    if (audio == nullptr) continue;
    const auto& codecs = audio->codecs();
    return !content.rejected &&
           std::any_of(codecs.begin(), codecs.end(), [](const auto& c) { return is_opus(c.name); });
  }
  return false;
}

void ask_for_narrow_opus(webrtc::SessionDescriptionInterface& description) {
  for (cricket::ContentInfo& content : description.description()->contents()) {
    auto* audio = content.media_description()->as_audio();
    if (audio == nullptr || content.rejected) continue;
    auto codecs = audio->codecs();
    for (auto& codec : codecs) {
      if (!is_opus(codec.name)) continue;
      codec.SetParam("maxaveragebitrate", 24'000);
      codec.SetParam("usedtx", 1);        // Silence costs almost nothing.
      codec.SetParam("useinbandfec", 1);  // A lost packet can be reconstructed.
      codec.SetParam("ptime", 40);        // Half the packets, half the headers.
    }
    audio->set_codecs(codecs);
  }
}

}  // namespace rtcbot::engine
