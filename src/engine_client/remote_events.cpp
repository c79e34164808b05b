// Handles the engine's events for a `RemoteConnection`.
#include <algorithm>
#include <utility>

#include "remote_connection.hpp"
#include "rtcbot/ipc/codec.hpp"

namespace rtcbot::engine_client {
namespace {

using Handled = RemoteConnection::Handled;
using Violation = RemoteConnection::Violation;

constexpr std::size_t kMaxSdpBytes = std::size_t{256} << 10;
constexpr std::size_t kMaxMessageBytes = std::size_t{256} << 10;
constexpr int kMaxCandidates = 1'000;

std::optional<Error> error_of(const std::optional<ipc::Failure>& failure) {
  if (!failure) return std::nullopt;
  return Error(failure->code, failure->message);
}

Result<void> result_of(const std::optional<ipc::Failure>& failure) {
  if (const auto error = error_of(failure)) return fail(*error);
  return {};
}

}  // namespace

Handled RemoteConnection::on(const ipc::PeerMade& event) {
  {
    const std::lock_guard lock(mutex_);
    if (made_) return Violation{"made a connection twice"};
    made_ = result_of(event.failure);
  }
  changed_.notify_all();
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::StateChanged& event) {
  const std::lock_guard calling(calling_);
  if (is_closed()) return std::nullopt;
  const auto reason = error_of(event.reason);
  const bool ends = event.state == peer::State::failed || event.state == peer::State::closed;
  if (ends) release_media();
  enter(event.state, reason ? &*reason : nullptr);
  return std::nullopt;
}

bool RemoteConnection::is_open(const std::string& channel) const {
  return std::find(open_channels_.begin(), open_channels_.end(), channel) != open_channels_.end();
}

Handled RemoteConnection::on(const ipc::ChannelOpened& event) {
  const std::lock_guard calling(calling_);
  if (event.channel.size() > 64 * 1024 || event.max_message < 0) return Violation{"opened an invalid channel"};
  if (is_open(event.channel) || open_channels_.size() > peer::kMaxChannels)
    return Violation{"opened too many channels"};
  open_channels_.push_back(event.channel);
  channels_.open(event.channel, std::min(event.max_message, peer::ChannelRegistry::kSendLimit), event.is_reliable);
  if (observer_) observer_->on_channel_open(event.channel);
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::ChannelClosed& event) {
  const std::lock_guard calling(calling_);
  if (!is_open(event.channel)) return Violation{"closed a channel that was not open"};
  std::erase(open_channels_, event.channel);
  channels_.close(event.channel);
  if (observer_) observer_->on_channel_closed(event.channel);
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::ChannelProgress& event) {
  channels_.on_progress(event.channel, event.taken, event.buffered);
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::Received& event) {
  const std::lock_guard calling(calling_);
  if (event.data.size() > kMaxMessageBytes) return Violation{"delivered a message over the limit"};
  if (!is_open(event.channel)) return Violation{"delivered a message of a channel that is not open"};
  if (observer_) observer_->on_message(event.channel, event.data, event.binary);
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::LocalCandidate& event) {
  const std::lock_guard calling(calling_);
  if (++candidates_ > kMaxCandidates) return Violation{"found too many candidates"};
  if (observer_) observer_->on_candidate(event.candidate);
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::Gathered&) {
  const std::lock_guard calling(calling_);
  if (observer_) observer_->on_gathered();
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::Negotiated& event) {
  peer::Peer::OnDescription done;
  {
    const std::lock_guard lock(mutex_);
    done = std::exchange(pending_.description, nullptr);
  }
  if (event.description.has_value() == event.failure.has_value()) return Violation{"both made and refused an answer"};
  if (event.description && event.description->sdp.size() > kMaxSdpBytes)
    return Violation{"made a description over the limit"};
  if (!done) return std::nullopt;
  if (event.description) {
    done(*event.description);
  } else {
    done(fail(*error_of(event.failure)));
  }
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::AnswerSet& event) {
  std::function<void(Result<void>)> done;
  {
    const std::lock_guard lock(mutex_);
    done = std::exchange(pending_.answer_set, nullptr);
  }
  if (done) done(result_of(event.failure));
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::StatsReport& event) {
  peer::Stats stats = event.stats;
  stats.engine_process = process_;
  {
    const std::lock_guard calling(calling_);
    stats.leads = tap_ && tap_->leads();
  }
  std::function<void(peer::Stats)> done;
  {
    const std::lock_guard lock(mutex_);
    last_stats_ = stats;
    if (pending_.stats.empty()) return std::nullopt;
    done = std::move(pending_.stats.front());
    pending_.stats.pop_front();
  }
  done(std::move(stats));
  return std::nullopt;
}

std::shared_ptr<EncodedVideoSource> RemoteConnection::video_source() {
  const std::lock_guard lock(mutex_);
  return video_;
}

Handled RemoteConnection::on(const ipc::PrepareVideo& event) {
  const auto source = video_source();
  if (!source || !source->can_encode(event.codec)) return Violation{"wanted a codec that it was not offered"};
  source->prepare(event.codec);
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::AttachVideo& event) {
  const std::lock_guard calling(calling_);
  const auto source = video_source();
  if (!source || !source->can_encode(event.codec)) return Violation{"wanted a codec that it was not offered"};
  if (is_closed()) return std::nullopt;
  if (tap_) return Violation{"attached a video twice"};
  sink_ = std::make_shared<VideoSink>(socket_, event, priority_);
  tap_ = source->attach(event.codec, sink_);
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::DetachVideo&) {
  const std::lock_guard calling(calling_);
  tap_.reset();
  sink_.reset();
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::RequestKeyFrame& event) {
  const std::lock_guard calling(calling_);
  if (tap_) tap_->request_key_frame(event.broken_at);
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::VideoFlow& event) {
  const std::lock_guard calling(calling_);
  if (!tap_) return std::nullopt;
  sink_->set_room(event.target.room);
  tap_->set_target(event.target);
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::ListenAudio& event) {
  const std::lock_guard calling(calling_);
  microphone_.reset();
  if (!event.wanted || is_closed()) return std::nullopt;
  std::shared_ptr<AudioSource> source;
  {
    const std::lock_guard lock(mutex_);
    source = audio_.source;
  }
  if (!source) return Violation{"wanted a microphone that it was not offered"};
  microphone_ = source->listen([socket = socket_, peer = id_](const AudioBlock& block) {
    // With more bytes waiting, the block would be played too late.
    constexpr std::size_t kMaxWaitingBytes = std::size_t{1} << 20;
    if (socket->waiting() > kMaxWaitingBytes) return;
    socket->send({.head = ipc::encode(ipc::Command(ipc::CapturedSound{.peer = peer, .block = block}))});
  });
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::OpenVoice& event) {
  const std::lock_guard calling(calling_);
  voice_.reset();
  if (!event.open || is_closed()) return std::nullopt;
  std::shared_ptr<AudioOutput> output;
  {
    const std::lock_guard lock(mutex_);
    output = audio_.output;
  }
  if (!output) return Violation{"wanted a speaker that it was not offered"};
  voice_ = output->open_voice();
  return std::nullopt;
}

Handled RemoteConnection::on(const ipc::ReceivedSound& event) {
  const std::lock_guard calling(calling_);
  if (voice_) voice_->play(event.block);
  return std::nullopt;
}

}  // namespace rtcbot::engine_client
