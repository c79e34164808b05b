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
#include "rtcbot/flow/producer.hpp"
#include "rtcbot/json.hpp"
#include "rtcbot/peer/peer.hpp"
#include "rtcbot/rtc_connection.hpp"

namespace rtcbot {

/// The other side's channels besides "default", for the library's own use. Called on the engine's thread: must not
/// block.
class SideChannels {
 public:
  virtual ~SideChannels() = default;
  virtual void on_open(const std::string& channel) = 0;
  virtual void on_message(const std::string& channel, std::string message) = 0;
  /// Once: the connection has ended, and no call follows.
  virtual void on_end() = 0;
};

/// What a connection has been told by its peer. Apart from the peer itself, so that the engine's call-backs, which hold
/// this, can never be the ones that destroy the peer. Thread-safe.
class ConnectionEvents : public peer::PeerObserver {
 public:
  using OnState = std::function<void(ConnectionState, std::optional<Error>)>;

  /// `watch_only`: the other side's messages are counted and not delivered.
  ConnectionEvents(Executor callbacks, bool watch_only) : callbacks_(std::move(callbacks)), watch_only_(watch_only) {}

  void on_state(peer::State state, const Error* reason) override;
  void on_channel_open(const std::string& channel) override;
  void on_channel_closed(const std::string& channel) override;
  void on_message(const std::string& channel, std::string message, bool binary) override;
  void on_candidate(peer::Candidate candidate) override;
  void on_gathered() override;

  /// Called, on the callback thread, with each candidate of this side, and with null when there are no more.
  void set_candidate_listener(std::function<void(const Json&)> listener);
  void add_state_listener(OnState listener);
  /// Calls at each change, and soon with the state of now if it is not `connecting` any more.
  void add_state_listener_from_now(OnState listener);

  [[nodiscard]] ConnectionState state() const;
  [[nodiscard]] std::optional<Error> error() const;
  [[nodiscard]] bool wait_for(std::chrono::milliseconds limit,
                              const std::function<bool(ConnectionState)>& reached) const;

  /// Called with true when the default channel opens, from the engine's thread.
  void set_channel_listener(std::function<void()> opened);

  /// Before negotiation. One listener, without which such messages are dropped.
  void set_side_channels(std::shared_ptr<SideChannels> listener);

  [[nodiscard]] bool is_watch_only() const { return watch_only_; }
  [[nodiscard]] std::int64_t messages_not_heard() const { return messages_not_heard_; }

  Producer<Json> incoming;

 private:
  void tell_candidate(Json candidate);
  [[nodiscard]] std::shared_ptr<SideChannels> side_channels() const;

  const Executor callbacks_;
  const bool watch_only_;
  std::atomic<std::int64_t> messages_not_heard_{0};
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  ConnectionState state_ = ConnectionState::connecting;
  std::optional<Error> error_;
  std::vector<OnState> listeners_;
  std::function<void()> channel_opened_;
  std::function<void(const Json&)> on_candidate_;
  std::shared_ptr<SideChannels> side_channels_;
};

/// What waits for the default channel to open, and the way through once it is open. Thread-safe.
class OutgoingMessages {
 public:
  using Send = std::function<Result<void>(const std::string&)>;

  /// Sends now if the channel is open, otherwise keeps the text.  Errors: queue_full, and those of `send`.
  [[nodiscard]] Result<void> put(std::string text, const Send& send);
  /// The channel is open: sends what waits.
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

  /// @throws Error invalid_state.
  void add_audio(std::shared_ptr<AudioSource> source, std::shared_ptr<AudioOutput> output);
  void set_audio(bool send, bool receive);

  std::shared_ptr<Context> context;
  std::shared_ptr<ConnectionEvents> events;
  std::shared_ptr<OutgoingMessages> outgoing;
  std::shared_ptr<peer::Peer> peer;
  std::mutex audio_mutex;
  bool sends_audio = false, receives_audio = false;  ///< Under the mutex.
  bool audio_is_set = false;                         ///< What goes is decided by `set_audio` alone.
};

/// {"candidate", "sdpMid", "sdpMLineIndex"}, and back, through the gate (`signal::check_candidate`).
[[nodiscard]] Json to_json(const peer::Candidate& candidate);
[[nodiscard]] Result<peer::Candidate> candidate_from_json(const Json& json);

/// {"type", "sdp"} of a description, and back.
[[nodiscard]] Json to_json(const peer::Description& description);
[[nodiscard]] Result<peer::Description> from_json(const Json& json, peer::Description::Type expected);

}  // namespace rtcbot
