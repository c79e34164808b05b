#include "rtcbot/peer/setup.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::peer {

Result<void> SetupBuilder::add_video(std::shared_ptr<EncodedVideoSource> source) {
  if (!source) return fail(Errc::bad_config, "there is no video source");
  // Called here, on the caller's thread, because the first call may be slow.
  if (!source->can_encode(VideoCodec::h264) && !source->can_encode(VideoCodec::vp8)) {
    return fail(Errc::no_encoder, "this source can encode neither H264 nor VP8; install a GStreamer encoder for one");
  }
  const std::lock_guard lock(mutex_);
  if (has_begun_) return fail(Errc::invalid_state, "add video before answer or create_offer");
  if (setup_.video)
    return fail(Errc::invalid_state, "a connection carries one video; make another connection for the second");
  setup_.video = std::move(source);
  return {};
}

Result<void> SetupBuilder::add_audio(std::shared_ptr<AudioSource> source, std::shared_ptr<AudioOutput> output) {
  if (!source && !output) return fail(Errc::bad_config, "there is neither a microphone nor a speaker");
  const std::lock_guard lock(mutex_);
  if (has_begun_) return fail(Errc::invalid_state, "add audio before answer or create_offer");
  if (source && setup_.audio.source) return fail(Errc::invalid_state, "a connection carries one microphone");
  if (output && setup_.audio.output) return fail(Errc::invalid_state, "a connection is played on one speaker");
  if (source) setup_.audio.source = std::move(source);
  if (output) setup_.audio.output = std::move(output);
  return {};
}

Result<void> SetupBuilder::add_channel(const std::string& name, bool ordered) {
  if (name.empty() || name.size() > kMaxChannelNameBytes) {
    return fail(Errc::bad_config, "a data channel's name has 1 to 256 bytes");
  }
  const std::lock_guard lock(mutex_);
  if (has_begun_) return fail(Errc::invalid_state, "add channels before answer or create_offer");
  const auto has_name = [&](const Setup::NewChannel& channel) { return channel.name == name; };
  if (name == kDefaultChannel || name == kClockChannel ||
      std::any_of(setup_.channels.begin(), setup_.channels.end(), has_name)) {
    return fail(Errc::bad_config, "a data channel '" + name + "' exists already");
  }
  if (setup_.channels.size() + 1 >= kMaxChannels) return fail(Errc::bad_config, "too many data channels");
  setup_.channels.push_back({.name = name, .ordered = ordered});
  return {};
}

Result<Setup> SetupBuilder::begin() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(has_begun_, true)) {
    return fail(Errc::invalid_state, "a connection negotiates once; make another peer");
  }
  return std::move(setup_);
}

}  // namespace rtcbot::peer
