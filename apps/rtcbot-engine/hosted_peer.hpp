#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "hosted_audio.hpp"
#include "hosted_video.hpp"
#include "outbox.hpp"
#include "rtcbot/peer/peer.hpp"

namespace rtcbot::engine_host {

/// One of the robot's connections in the engine's process: carries out commands and reports events.
///
/// `on_frame`, `on_sound` and `on_send` run on the reading thread; the rest on the working thread.
class HostedPeer {
 public:
  /// Errors: as for `Engine::make_peer`.
  [[nodiscard]] static Result<std::shared_ptr<HostedPeer>> make(peer::Engine& engine, const ipc::MakePeer& order,
                                                                const Outbox& outbox);

  void on(const ipc::Negotiate& order);
  void on(const ipc::SetAnswer& order);
  void on(const ipc::AddCandidate& order) { peer_->add_candidate(order.candidate); }
  void on(const ipc::SetMaxBitrate& order) { peer_->set_max_bitrate(order.limit); }
  void on(const ipc::SetAudio& order) { peer_->set_audio(order.send, order.receive); }
  void on(const ipc::SetDrives& order) { peer_->set_drives(order.drives); }
  void on(const ipc::GetStats& order);
  void on(const ipc::ClosePeer&) { peer_->close(); }

  void on_send(const ipc::SendMessage& order);
  void on_frame(const ipc::VideoFrame& frame, const ipc::MessageBytes& bytes);
  void on_sound(const ipc::CapturedSound& sound);

 private:
  HostedPeer(ipc::PeerId id, Outbox outbox) : id_(id), outbox_(std::move(outbox)) {}
  [[nodiscard]] Result<void> prepare(const ipc::Setup& setup);

  const ipc::PeerId id_;
  const Outbox outbox_;
  const std::shared_ptr<std::atomic<std::size_t>> share_ = std::make_shared<std::atomic<std::size_t>>(0);
  std::mutex mutex_;                              ///< Guards the next two, which the reading thread uses.
  std::shared_ptr<HostedVideo> video_;            ///< Null without video.
  std::shared_ptr<HostedMicrophone> microphone_;  ///< Null without a microphone.
  std::unique_ptr<peer::Peer> peer_;              ///< Last: destroyed first.
};

}  // namespace rtcbot::engine_host
