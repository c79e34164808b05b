#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

#include "outbox.hpp"
#include "rtcbot/flow/audio.hpp"

namespace rtcbot::engine_host {

/// The robot's microphone, as the engine sees it. One listener. Thread-safe.
class HostedMicrophone : public AudioSource, public std::enable_shared_from_this<HostedMicrophone> {
 public:
  HostedMicrophone(ipc::PeerId peer, Outbox outbox) : peer_(peer), outbox_(std::move(outbox)) {}

  [[nodiscard]] std::shared_ptr<void> listen(std::function<void(const AudioBlock&)> listener) override;
  void on_sound(const AudioBlock& block);

 private:
  void end();

  const ipc::PeerId peer_;
  const Outbox outbox_;
  std::mutex mutex_;  ///< Held during a call of the listener.
  std::function<void(const AudioBlock&)> listener_;
};

/// The robot's speaker, as the engine sees it.
class HostedSpeaker : public AudioOutput {
 public:
  HostedSpeaker(ipc::PeerId peer, Outbox outbox, std::shared_ptr<std::atomic<std::size_t>> share)
      : peer_(peer), outbox_(std::move(outbox)), share_(std::move(share)) {}

  [[nodiscard]] std::unique_ptr<AudioVoice> open_voice() override;

 private:
  class Voice;

  const ipc::PeerId peer_;
  const Outbox outbox_;
  const std::shared_ptr<std::atomic<std::size_t>> share_;
};

}  // namespace rtcbot::engine_host
