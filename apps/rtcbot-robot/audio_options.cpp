#include "rtcbot-robot/audio_options.hpp"

namespace rtcbot::app {

void describe_audio(CLI::App& cli, AudioOptions& o) {
  cli.add_option("--microphone", o.microphone,
                 "Lets viewers listen when they ask for it: auto, test (a tone), or gst:DESCRIPTION, e.g. gst:alsasrc")
      ->capture_default_str()
      ->group("Sound");
  cli.add_option("--speaker", o.speaker,
                 "Lets viewers with permission to drive talk: auto, test (discards the sound), or gst:DESCRIPTION, "
                 "e.g. gst:alsasink")
      ->capture_default_str()
      ->group("Sound");
}

AudioSetup::AudioSetup(const AudioOptions& options) {
  if (options.listens()) microphone_.emplace(Microphone::Options{.source = options.microphone});
  if (options.talks()) speaker_.emplace(Speaker::Options{.sink = options.speaker});
}

void AudioSetup::attach(const RTCConnection& viewer) const {
  if (microphone_) viewer.audio().put_subscription(*microphone_);
  if (speaker_) viewer.audio().subscribe(*speaker_);
}

Json AudioSetup::figures() const {
  if (!microphone_ && !speaker_) return nullptr;
  Json figures = {{"microphone", nullptr}, {"speaker", nullptr}};
  if (microphone_) {
    const auto m = microphone_->stats();
    figures["microphone"] = {
        {"running", m.running}, {"listeners", m.listeners}, {"blocks", m.blocks}, {"failures", m.failures}};
  }
  if (speaker_) {
    const auto s = speaker_->stats();
    figures["speaker"] = {{"running", s.running},
                          {"voices", s.voices},
                          {"blocks", s.blocks},
                          {"failures", s.failures},
                          {"loudest_db", s.loudest_db}};
  }
  return figures;
}

}  // namespace rtcbot::app
