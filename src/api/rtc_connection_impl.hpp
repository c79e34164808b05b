#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "context.hpp"
#include "listener.hpp"
#include "rtcbot/control/message.hpp"
#include "rtcbot/flow/producer.hpp"
#include "rtcbot/json.hpp"
#include "rtcbot/peer/peer.hpp"
#include "rtcbot/rtc_connection.hpp"

namespace rtcbot {

/// Receives the other side's channels other than "default", for the library's own use. Called on the engine's thread:
/// must not block.
class SideChannels {
 public:
  virtual ~SideChannels() = default;
  virtual void on_open(const std::string& channel) = 0;
  virtual void on_message(const std::string& channel, std::string message) = 0;
  /// Called once, when the connection has ended. No call follows.
  virtual void on_end() = 0;
};

/// Stores and distributes the events of a peer. Separate from the peer, because the engine's callbacks hold this
/// object, and so can never destroy the peer. Thread-safe.
class ConnectionEvents : public peer::PeerObserver {
 public:
  using OnState = std::function<void(ConnectionState, std::optional<Error>)>;

  /// `watch_only`: counts the other side's messages and does not deliver them.
  ConnectionEvents(Executor callbacks, bool watch_only) : callbacks_(std::move(callbacks)), watch_only_(watch_only) {}

  void on_state(peer::State state, const Error* reason) override;
  void on_channel_open(const std::string& channel) override;
  void on_channel_closed(const std::string& channel) override;
  void on_message(const std::string& channel, std::string message, bool binary) override;
  void on_candidate(signal::Candidate candidate) override;
  void on_gathered() override;

  /// A candidate of this side; empty after the last.
  using OnCandidate = std::function<void(const std::optional<signal::Candidate>&)>;
  /// Calls `listener` on the callback thread. The candidates are not checked.
  void set_candidate_listener(OnCandidate listener) { on_candidate_.set(std::move(listener)); }
  void add_state_listener(OnState listener);
  /// Calls `listener` at each change, and soon with the current state unless that is `connecting`.
  void add_state_listener_from_now(OnState listener);

  [[nodiscard]] ConnectionState state() const;
  [[nodiscard]] std::optional<Error> error() const;
  [[nodiscard]] bool wait_for(std::chrono::milliseconds limit,
                              const std::function<bool(ConnectionState)>& reached) const;

  /// Calls `opened` on the engine's thread when the default channel opens.
  void set_channel_listener(std::function<void()> opened) { channel_opened_.set(std::move(opened)); }

  /// Call it before negotiation. There is one listener; without it such messages are dropped.
  void set_side_channels(std::shared_ptr<SideChannels> listener);

  /// Delivers no more messages, and ends the side channels: the connection is about to be closed.
  void mute();

  [[nodiscard]] bool is_watch_only() const { return watch_only_; }
  [[nodiscard]] std::int64_t messages_not_heard() const { return messages_not_heard_; }

  Producer<Json> incoming;

 private:
  void tell_candidate(std::optional<signal::Candidate> candidate);
  [[nodiscard]] std::shared_ptr<SideChannels> side_channels() const;

  const Executor callbacks_;
  const bool watch_only_;
  std::atomic<std::int64_t> messages_not_heard_{0};
  std::atomic<bool> is_muted_{false};
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  ConnectionState state_ = ConnectionState::connecting;
  std::optional<Error> error_;
  std::vector<OnState> listeners_;
  Listener<> channel_opened_;
  Listener<const std::optional<signal::Candidate>&> on_candidate_;
  std::shared_ptr<SideChannels> side_channels_;
};

/// Holds messages until the default channel opens, then sends directly. Thread-safe.
class OutgoingMessages {
 public:
  using Send = std::function<Result<void>(const std::string&)>;

  /// Sends the text if the channel is open, otherwise stores it.  Errors: queue_full, and those of `send`.
  [[nodiscard]] Result<void> put(std::string text, const Send& send);
  /// Marks the channel open and sends the stored messages.
  void open(const Send& send);

 private:
  std::mutex mutex_;
  bool open_ = false;
  std::deque<std::string> waiting_;
  std::size_t waiting_bytes_ = 0;
};

struct RTCConnection::Impl {
  explicit Impl(const Options& options);
  ~Impl();

  [[nodiscard]] Result<void> put(const Json& message);

  /// Tells the other side why the connection is about to be closed, and ignores its messages from now on. The other
  /// side closes when it has read that.  @return false: nothing was sent; it has not opened the control channel.
  [[nodiscard]] bool announce_end(const control::End& reason);

  /// @throws Error invalid_state.
  void add_audio(std::shared_ptr<AudioSource> source, std::shared_ptr<AudioOutput> output);
  void set_audio(bool send, bool receive);

  std::shared_ptr<Context> context;
  std::shared_ptr<ConnectionEvents> events;
  std::shared_ptr<OutgoingMessages> outgoing;
  std::shared_ptr<peer::Peer> peer;
  std::mutex audio_mutex;
  bool sends_audio = false, receives_audio = false;  ///< Under the mutex.
  bool audio_is_set = false;                         ///< `set_audio` was called, and alone decides.
};

/// {"candidate", "sdpMid", "sdpMLineIndex"} of a candidate, and back. The way back checks it (`signal::check`).
[[nodiscard]] Json to_json(const signal::Candidate& candidate);
[[nodiscard]] Result<signal::Candidate> candidate_from_json(const Json& json);

/// {"type", "sdp"} of a description, and back. The way back checks it (`signal::check`), because some legal
/// descriptions end the engine's process.
[[nodiscard]] Json to_json(const signal::Description& description);
[[nodiscard]] Result<signal::Description> from_json(const Json& json, signal::Description::Type expected);

}  // namespace rtcbot
