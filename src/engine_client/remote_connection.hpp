#pragma once

#include <sys/types.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "rtcbot/ipc/messages.hpp"
#include "rtcbot/peer/channel_registry.hpp"
#include "rtcbot/peer/peer.hpp"
#include "rtcbot/peer/setup.hpp"
#include "rtcbot/process/message_socket.hpp"
#include "video_sink.hpp"

namespace rtcbot::engine_client {

/// One connection in the engine's process, as seen from this process.
///
/// The functions of `peer::Peer` run on any thread; `on` and `on_engine_end` on the supervisor's thread, which is "the
/// engine's thread" for the observer. It belongs to one engine process: when that ends, the connection fails.
class RemoteConnection : public std::enable_shared_from_this<RemoteConnection> {
 public:
  /// A message that a correct engine never sends. The engine is ended for it.
  struct Violation {
    std::string what;
  };
  using Handled = std::optional<Violation>;

  /// @param process of the engine
  RemoteConnection(ipc::PeerId id, pid_t process, std::shared_ptr<peer::PeerObserver> observer,
                   std::shared_ptr<process::MessageSocket> socket);
  RemoteConnection(const RemoteConnection&) = delete;
  RemoteConnection& operator=(const RemoteConnection&) = delete;

  [[nodiscard]] ipc::PeerId id() const { return id_; }

  /// Waits for the engine's answer to `MakePeer`.  Errors: those of the engine, engine_failed, timeout.
  [[nodiscard]] Result<void> wait_made(std::chrono::milliseconds limit);

  // As in `peer::Peer`.
  peer::SetupBuilder& setup() { return setup_; }
  void negotiate(std::optional<std::string> offer, peer::Peer::OnDescription done);
  void set_answer(std::string sdp, std::function<void(Result<void>)> done);
  [[nodiscard]] Result<void> send(const std::string& channel, std::string_view message, bool binary);
  void set_drives(bool drives);
  [[nodiscard]] peer::State state() const { return state_; }
  void get_stats(std::function<void(peer::Stats)> done);
  /// Sends a command that needs no answer.
  void command(const ipc::Command& command);
  /// No callback runs after this returns. Do not call it inside a callback.
  void dispose();

  [[nodiscard]] Handled on(const ipc::PeerMade& event);
  [[nodiscard]] Handled on(const ipc::StateChanged& event);
  [[nodiscard]] Handled on(const ipc::ChannelOpened& event);
  [[nodiscard]] Handled on(const ipc::ChannelClosed& event);
  [[nodiscard]] Handled on(const ipc::ChannelProgress& event);
  [[nodiscard]] Handled on(const ipc::Received& event);
  [[nodiscard]] Handled on(const ipc::LocalCandidate& event);
  [[nodiscard]] Handled on(const ipc::Gathered& event);
  [[nodiscard]] Handled on(const ipc::Negotiated& event);
  [[nodiscard]] Handled on(const ipc::AnswerSet& event);
  [[nodiscard]] Handled on(const ipc::StatsReport& event);
  [[nodiscard]] Handled on(const ipc::PrepareVideo& event);
  [[nodiscard]] Handled on(const ipc::AttachVideo& event);
  [[nodiscard]] Handled on(const ipc::DetachVideo& event);
  [[nodiscard]] Handled on(const ipc::RequestKeyFrame& event);
  [[nodiscard]] Handled on(const ipc::VideoFlow& event);
  [[nodiscard]] Handled on(const ipc::ListenAudio& event);
  [[nodiscard]] Handled on(const ipc::OpenVoice& event);
  [[nodiscard]] Handled on(const ipc::ReceivedSound& event);

  /// The process has ended.
  void on_engine_end(const Error& reason);

 private:
  /// Callbacks that wait for the engine's answer, each at most once, except for reports.
  struct Pending {
    peer::Peer::OnDescription description;
    std::function<void(Result<void>)> answer_set;
    std::deque<std::function<void(peer::Stats)>> stats;
  };

  [[nodiscard]] bool is_closed() const;
  [[nodiscard]] bool is_made();
  void enter(peer::State state, const Error* reason);
  void release_media();
  void fail_pending(const Error& reason);
  [[nodiscard]] bool is_open(const std::string& channel) const;
  [[nodiscard]] std::shared_ptr<EncodedVideoSource> video_source();

  const ipc::PeerId id_;
  const pid_t process_;
  const std::shared_ptr<process::MessageSocket> socket_;
  const std::shared_ptr<SharedPriority> priority_ = std::make_shared<SharedPriority>();
  peer::SetupBuilder setup_;
  peer::ChannelRegistry channels_;
  std::atomic<peer::State> state_{peer::State::connecting};

  std::mutex mutex_;  ///< Guards the members below; never held during a callback or a call of a source.
  std::condition_variable changed_;
  std::optional<Result<void>> made_;
  Pending pending_;
  std::shared_ptr<EncodedVideoSource> video_;
  peer::AudioPorts audio_;
  peer::Stats last_stats_;

  /// Held during each callback, so that `dispose` can wait for the last one. Guards the members below.
  std::mutex calling_;
  std::shared_ptr<peer::PeerObserver> observer_;  ///< Null after the end.
  std::vector<std::string> open_channels_;
  int candidates_ = 0;
  std::shared_ptr<VideoSink> sink_;
  std::unique_ptr<EncodedVideoTap> tap_;
  std::shared_ptr<void> microphone_;
  std::unique_ptr<AudioVoice> voice_;
};

}  // namespace rtcbot::engine_client
