#include "hosted_peer.hpp"

#include <utility>

namespace rtcbot::engine_host {
namespace {

ipc::Failure failure_of(const Error& error) { return {.code = error.code(), .message = error.what()}; }

/// Reports a connection's callbacks as events.
class Reporter : public peer::PeerObserver {
 public:
  Reporter(ipc::PeerId peer, Outbox outbox, std::shared_ptr<std::atomic<std::size_t>> share)
      : peer_(peer), outbox_(std::move(outbox)), share_(std::move(share)) {}

  void on_state(peer::State state, const Error* reason) override {
    ipc::StateChanged event{.peer = peer_, .state = state};
    if (reason != nullptr) event.reason = failure_of(*reason);
    outbox_.send(event);
  }
  void on_channel_limits(const std::string&, std::int64_t max_message, bool is_reliable) override {
    max_message_ = max_message;
    is_reliable_ = is_reliable;
  }
  void on_channel_open(const std::string& channel) override {
    outbox_.send(ipc::ChannelOpened{
        .peer = peer_, .channel = channel, .max_message = max_message_, .is_reliable = is_reliable_});
  }
  void on_channel_closed(const std::string& channel) override {
    outbox_.send(ipc::ChannelClosed{.peer = peer_, .channel = channel});
  }
  void on_channel_progress(const std::string& channel, std::size_t taken, std::uint64_t buffered) override {
    outbox_.send(ipc::ChannelProgress{.peer = peer_, .channel = channel, .taken = taken, .buffered = buffered});
  }
  void on_message(const std::string& channel, std::string message, bool binary) override {
    const ipc::Received event{.peer = peer_, .channel = channel, .binary = binary, .data = std::move(message)};
    if (outbox_.send_within(share_, event) || std::exchange(has_dropped_, true)) return;
    outbox_.send(ipc::Log{.level = LogLevel::warning,
                          .message = "a viewer sends more messages than this robot accepts; the excess is dropped"});
  }
  void on_candidate(peer::Candidate candidate) override {
    outbox_.send(ipc::LocalCandidate{.peer = peer_, .candidate = std::move(candidate)});
  }
  void on_gathered() override { outbox_.send(ipc::Gathered{.peer = peer_}); }

 private:
  const ipc::PeerId peer_;
  const Outbox outbox_;
  const std::shared_ptr<std::atomic<std::size_t>> share_;
  // Used only on the engine's thread, like the callbacks.
  std::int64_t max_message_ = 0;
  bool is_reliable_ = true;
  bool has_dropped_ = false;
};

}  // namespace

Result<std::shared_ptr<HostedPeer>> HostedPeer::make(peer::Engine& engine, const ipc::MakePeer& order,
                                                     const Outbox& outbox) {
  std::shared_ptr<HostedPeer> hosted(new HostedPeer(order.peer, outbox));
  auto made = engine.make_peer(order.config, std::make_shared<Reporter>(order.peer, outbox, hosted->share_));
  if (!made) return fail(made.error());
  hosted->peer_ = std::move(*made);
  return hosted;
}

Result<void> HostedPeer::prepare(const ipc::Setup& setup) {
  if (setup.video) {
    auto video = std::make_shared<HostedVideo>(id_, *setup.video, outbox_);
    if (auto added = peer_->add_video(video); !added) return added;
    const std::lock_guard lock(mutex_);
    video_ = std::move(video);
  }
  if (setup.microphone || setup.speaker) {
    const auto microphone = setup.microphone ? std::make_shared<HostedMicrophone>(id_, outbox_) : nullptr;
    const auto speaker = setup.speaker ? std::make_shared<HostedSpeaker>(id_, outbox_, share_) : nullptr;
    if (auto added = peer_->add_audio(microphone, speaker); !added) return added;
    const std::lock_guard lock(mutex_);
    microphone_ = microphone;
  }
  for (const auto& channel : setup.channels) {
    if (auto added = peer_->add_channel(channel.name, channel.ordered); !added) return added;
  }
  return {};
}

void HostedPeer::on(const ipc::Negotiate& order) {
  const auto done = [peer = id_, outbox = outbox_](Result<peer::Description> made) {
    ipc::Negotiated event{.peer = peer};
    if (made) {
      event.description = std::move(*made);
    } else {
      event.failure = failure_of(made.error());
    }
    outbox.send(event);
  };
  if (auto prepared = prepare(order.setup); !prepared) return done(fail(prepared.error()));
  if (!order.offer) return peer_->create_offer(done);
  peer_->answer({.type = peer::Description::Type::offer, .sdp = *order.offer}, done);
}

void HostedPeer::on(const ipc::SetAnswer& order) {
  peer_->set_answer({.type = peer::Description::Type::answer, .sdp = order.sdp},
                    [peer = id_, outbox = outbox_](const Result<void>& set) {
                      ipc::AnswerSet event{.peer = peer};
                      if (!set) event.failure = failure_of(set.error());
                      outbox.send(event);
                    });
}

void HostedPeer::on(const ipc::GetStats&) {
  peer_->get_stats([peer = id_, outbox = outbox_](peer::Stats stats) {
    outbox.send(ipc::StatsReport{.peer = peer, .stats = std::move(stats)});
  });
}

void HostedPeer::on_send(const ipc::SendMessage& order) {
  if (peer_->send(order.channel, order.data, order.binary)) return;
  // Confirms the bytes as taken, because the robot counts what it has sent.
  outbox_.send(ipc::ChannelProgress{.peer = id_, .channel = order.channel, .taken = order.data.size()});
}

void HostedPeer::on_frame(const ipc::VideoFrame& frame, const ipc::MessageBytes& bytes) {
  std::shared_ptr<HostedVideo> video;
  {
    const std::lock_guard lock(mutex_);
    video = video_;
  }
  if (video) video->on_frame(frame, bytes);
}

void HostedPeer::on_sound(const ipc::CapturedSound& sound) {
  std::shared_ptr<HostedMicrophone> microphone;
  {
    const std::lock_guard lock(mutex_);
    microphone = microphone_;
  }
  if (microphone) microphone->on_sound(sound.block);
}

}  // namespace rtcbot::engine_host
