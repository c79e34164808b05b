#include "hosted_audio.hpp"

#include <utility>

namespace rtcbot::engine_host {

std::shared_ptr<void> HostedMicrophone::listen(std::function<void(const AudioBlock&)> listener) {
  {
    const std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
  }
  outbox_.send(ipc::ListenAudio{.peer = peer_, .wanted = true});
  // Listening ends when the returned pointer is destroyed.
  return {this, [self = shared_from_this()](void*) { self->end(); }};
}

void HostedMicrophone::end() {
  {
    const std::lock_guard lock(mutex_);
    listener_ = nullptr;
  }
  outbox_.send(ipc::ListenAudio{.peer = peer_, .wanted = false});
}

void HostedMicrophone::on_sound(const AudioBlock& block) {
  const std::lock_guard lock(mutex_);
  if (listener_) listener_(block);
}

class HostedSpeaker::Voice : public AudioVoice {
 public:
  Voice(ipc::PeerId peer, Outbox outbox, std::shared_ptr<std::atomic<std::size_t>> share)
      : peer_(peer), outbox_(std::move(outbox)), share_(std::move(share)) {
    outbox_.send(ipc::OpenVoice{.peer = peer_, .open = true});
  }
  ~Voice() override { outbox_.send(ipc::OpenVoice{.peer = peer_, .open = false}); }
  Voice(const Voice&) = delete;
  Voice& operator=(const Voice&) = delete;

  void play(const AudioBlock& block) override {
    // Dropped if the robot is behind, because late sound is useless.
    static_cast<void>(outbox_.send_within(share_, ipc::ReceivedSound{.peer = peer_, .block = block}));
  }

 private:
  const ipc::PeerId peer_;
  const Outbox outbox_;
  const std::shared_ptr<std::atomic<std::size_t>> share_;
};

std::unique_ptr<AudioVoice> HostedSpeaker::open_voice() { return std::make_unique<Voice>(peer_, outbox_, share_); }

}  // namespace rtcbot::engine_host
