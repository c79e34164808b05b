#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "rtcbot/audio.hpp"
#include "rtcbot/camera.hpp"
#include "rtcbot/error.hpp"
#include "rtcbot/json.hpp"
#include "rtcbot/peer/peer.hpp"
#include "rtcbot/subscriptions.hpp"

namespace rtcbot {

/// A STUN or TURN server: urls, username, credential.
using IceServer = peer::IceServer;

/// State of a connection: connecting, connected, interrupted (nothing received for two seconds, in a tunnel for
/// example), failed, closed. `connected` and `interrupted` may alternate; `failed` and `closed` are final.
using ConnectionState = peer::State;

/// One WebRTC connection to one browser or robot: video out, and sound and messages in both directions. Messages use
/// the data channel "default".
///
/// Make a new connection for each viewer: it can be negotiated only once.
/// It may wait for the other side without limit: `Options::connect_limit` counts from when both descriptions are known.
/// A handle: copies refer to the same connection, and the last one closes it. Thread-safe. Callbacks run on the
/// callback thread. An exception from a callback is logged; the callback still gets later events.
class RTCConnection {
 public:
  using Options = peer::PeerConfig;
  using Stats = peer::Stats;

  /// Sends video. Returned by `video()`; use it before the connection is negotiated.
  class Video {
   public:
    /// Sends this camera's video to the other side. Connections of one camera share its encoder.
    /// @throws Error invalid_state after negotiation or if the connection already has a camera.
    void put_subscription(const Camera& camera) const;
    /// The same with several cameras, of which one is sent at a time.
    void put_subscription(const CameraSwitch& cameras) const;

   private:
    friend class RTCConnection;
    explicit Video(const RTCConnection& connection) : connection_(connection) {}
    const RTCConnection& connection_;
  };

  /// Sound, in both directions. Returned by `audio()`; add source and output before the connection is negotiated.
  class Audio {
   public:
    /// Sends this microphone to the other side.  @throws Error invalid_state.
    void put_subscription(const Microphone& microphone) const;
    /// Plays the other side's sound.  @throws Error invalid_state.
    void subscribe(const Speaker& speaker) const;
    /// Calls `callback` with the other side's sound, 10 ms a call, on the callback thread.  @throws Error
    /// invalid_state.
    void subscribe(std::function<void(AudioBlock)> callback) const;
    /// Switches both directions, at any time. Before the first call each direction that has a source or an output is
    /// on. Off closes the microphone, and nothing is sent or decoded. `Driving::attach` switches both off and lets the
    /// page decide.
    void set(bool send, bool receive) const;

   private:
    friend class RTCConnection;
    explicit Audio(const RTCConnection& connection) : connection_(connection) {}
    const RTCConnection& connection_;
  };

  /// @throws Error internal if the WebRTC engine cannot start.
  RTCConnection();
  explicit RTCConnection(Options options);

  [[nodiscard]] Video video() const { return Video(*this); }
  [[nodiscard]] Audio audio() const { return Audio(*this); }

  /// The answer to an offer: {"type": "answer", "sdp": "…"}, with all candidates. Takes well under a second.
  /// @throws Error bad_offer, invalid_state.
  [[nodiscard]] Json get_local_description(const Json& offer) const;
  /// As above, without exceptions. Waits at most `limit`.
  [[nodiscard]] Result<Json> get_local_description(const Json& offer, std::chrono::milliseconds limit) const;
  /// As above, without waiting.
  void get_local_description(const Json& offer, std::function<void(Result<Json>)> done) const;

  /// An offer of this side. Complete it with `set_remote_description`.
  [[nodiscard]] Json get_local_description() const;
  [[nodiscard]] Result<Json> get_local_description(std::chrono::milliseconds limit) const;
  void get_local_description(std::function<void(Result<Json>)> done) const;

  /// Completes an offer with the other side's answer.  @throws Error bad_message, invalid_state; refused if the
  /// description is a refusal by the server, {"error", "message"}.
  void set_remote_description(const Json& answer) const;
  [[nodiscard]] Result<void> set_remote_description(const Json& answer, std::chrono::milliseconds limit) const;
  void set_remote_description(const Json& answer, std::function<void(Result<void>)> done) const;

  /// For `Options::trickle`, where offer and answer are made before candidates are known (RFC 8838). Calls `callback`
  /// with each candidate of this side, {"candidate", "sdpMid", "sdpMLineIndex"} as in browsers, and with null after the
  /// last. Set it before you request the description.
  void on_candidate(std::function<void(const Json& candidate)> callback) const;

  /// Adds a candidate of the other side that came after its description.  Errors: bad_message if it is not a candidate.
  Result<void> add_candidate(const Json& candidate) const;

  /// The next message of the data channel: parsed if it is JSON, otherwise a text as a JSON string (as RTCBot does),
  /// and bytes as `Json::binary`. All of them can be written with `dump()`.
  Json get() const;
  Json get(std::chrono::milliseconds limit) const;
  [[nodiscard]] Result<Json> try_get(std::chrono::milliseconds limit) const;
  [[nodiscard]] std::shared_ptr<QueueSubscription<Json>> subscribe() const;
  void subscribe(std::function<void(Json)> callback) const;

  /// Sends a message as JSON. Before the channel is open, messages wait in a bounded queue.
  /// @throws Error closed, queue_full, too_large.
  void put_nowait(const Json& message) const;
  [[nodiscard]] Result<void> try_put(const Json& message) const;

  [[nodiscard]] ConnectionState state() const;
  [[nodiscard]] std::optional<Error> error() const;  ///< Why it failed, or why the other side closed it.

  /// Called at each later change of state, with the reason if there is one.
  void on_state(std::function<void(ConnectionState, std::optional<Error> reason)> callback) const;
  void on_ready(std::function<void()> callback) const;  ///< Once, when connected; soon, if already connected.
  void on_close(std::function<void(std::optional<Error>)> callback) const;  ///< Once, at `failed` or `closed`.

  /// Errors: timeout, or the reason of the failure.
  [[nodiscard]] Result<void> wait_connected(std::chrono::milliseconds limit) const;
  /// Errors: timeout.
  [[nodiscard]] Result<void> wait_closed(std::chrono::milliseconds limit) const;

  /// Limits the send rate from now on, within the limits of the options.
  void set_max_bitrate(DataRate limit) const;

  /// Tells the connection whether its viewer drives the robot. Rate and size of a camera's picture follow the driver's
  /// link, or the link of the oldest connection while nobody drives. `Driving` calls this automatically.
  void set_drives(bool drives) const;

  /// Statistics so far. Waits for the engine, at most a second.
  [[nodiscard]] Stats stats() const;

  void close() const;

  struct Impl;

 private:
  friend class Driving;
  friend class ViewerConnections;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rtcbot
