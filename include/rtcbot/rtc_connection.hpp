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

/// Life of a connection: connecting, connected, interrupted (nothing heard for two seconds: a tunnel, perhaps), failed,
/// closed. `connected` and `interrupted` may alternate; `failed` and `closed` are final.
using ConnectionState = peer::State;

/// One WebRTC connection to one browser or robot: video out, sound both ways, and messages both ways on the data
/// channel "default".
///
/// Make a new one for each viewer: a connection is negotiated once in its life.
/// It may wait for the other side as long as it likes: `Options::connect_limit` counts from when both descriptions are
/// known.
/// A cheap handle: copies are the same connection, and the last one closes it. Thread-safe. Callbacks come on the
/// callback thread; one that throws is logged, and called again with what comes next.
class RTCConnection {
 public:
  using Options = peer::PeerConfig;
  using Stats = peer::Stats;

  /// Sends video. Obtained from `video()`; must be used before the connection is negotiated.
  class Video {
   public:
    /// Shows this camera to the other side. Several connections share the camera's one encoder.
    /// @throws Error invalid_state after negotiation or when a camera was given already.
    void put_subscription(const Camera& camera) const;
    /// The same with several cameras, one of which is shown at a time.
    void put_subscription(const CameraSwitch& cameras) const;

   private:
    friend class RTCConnection;
    explicit Video(const RTCConnection& connection) : connection_(connection) {}
    const RTCConnection& connection_;
  };

  /// Sound, both ways. Obtained from `audio()`; must be given its ends before the connection is negotiated.
  class Audio {
   public:
    /// Lets the other side hear this microphone.  @throws Error invalid_state.
    void put_subscription(const Microphone& microphone) const;
    /// Plays what the other side says.  @throws Error invalid_state.
    void subscribe(const Speaker& speaker) const;
    /// Gives it to `callback`, 10 ms a call, on the callback thread.  @throws Error invalid_state.
    void subscribe(std::function<void(AudioBlock)> callback) const;
    /// What goes from now on, at any time; without it all that was given an end does. Off means off: no microphone is
    /// open, nothing is sent and nothing is decoded. `Driving::attach` leaves it to the page.
    void set(bool send, bool receive) const;

   private:
    friend class RTCConnection;
    explicit Audio(const RTCConnection& connection) : connection_(connection) {}
    const RTCConnection& connection_;
  };

  /// @throws Error internal when the WebRTC engine cannot start.
  RTCConnection();
  explicit RTCConnection(Options options);

  [[nodiscard]] Video video() const { return Video(*this); }
  [[nodiscard]] Audio audio() const { return Audio(*this); }

  /// The answer to an offer: {"type": "answer", "sdp": "…"}, complete with candidates. Waits for well under a second.
  /// @throws Error bad_offer, invalid_state.
  [[nodiscard]] Json get_local_description(const Json& offer) const;
  /// As above, without exceptions, within `limit`.
  [[nodiscard]] Result<Json> get_local_description(const Json& offer, std::chrono::milliseconds limit) const;
  /// As above, without waiting.
  void get_local_description(const Json& offer, std::function<void(Result<Json>)> done) const;

  /// An offer of this side, to be completed by `set_remote_description`.
  [[nodiscard]] Json get_local_description() const;
  [[nodiscard]] Result<Json> get_local_description(std::chrono::milliseconds limit) const;
  void get_local_description(std::function<void(Result<Json>)> done) const;

  /// Completes an offer with the other side's answer.  @throws Error bad_message, invalid_state; refused when the
  /// description is a refusal of the server's, {"error", "message"}.
  void set_remote_description(const Json& answer) const;
  [[nodiscard]] Result<void> set_remote_description(const Json& answer, std::chrono::milliseconds limit) const;
  void set_remote_description(const Json& answer, std::function<void(Result<void>)> done) const;

  /// With `Options::trickle`, where offer and answer are made without waiting for candidates (RFC 8838): called with
  /// each candidate of this side, {"candidate", "sdpMid", "sdpMLineIndex"} as browsers have it, and with null after the
  /// last. Set it before the description is asked for.
  void on_candidate(std::function<void(const Json& candidate)> callback) const;

  /// Takes a candidate of the other side that came after its description. Errors: bad_message, when it is none.
  Result<void> add_candidate(const Json& candidate) const;

  /// The next message of the data channel: parsed where it is JSON, otherwise a text as a JSON string (as RTCBot does),
  /// and bytes as `Json::binary`. All of them can be written with `dump()`.
  Json get() const;
  Json get(std::chrono::milliseconds limit) const;
  [[nodiscard]] Result<Json> try_get(std::chrono::milliseconds limit) const;
  [[nodiscard]] std::shared_ptr<QueueSubscription<Json>> subscribe() const;
  void subscribe(std::function<void(Json)> callback) const;

  /// Sends a message as JSON; before the channel is open it waits in a bounded queue.
  /// @throws Error closed, queue_full, too_large.
  void put_nowait(const Json& message) const;
  [[nodiscard]] Result<void> try_put(const Json& message) const;

  [[nodiscard]] ConnectionState state() const;
  [[nodiscard]] std::optional<Error> error() const;  ///< Why it failed, or was closed by the other side.

  /// Called at each change of state from now on, with the reason where there is one.
  void on_state(std::function<void(ConnectionState, std::optional<Error> reason)> callback) const;
  void on_ready(std::function<void()> callback) const;  ///< Once, when connected; soon if it is already.
  void on_close(std::function<void(std::optional<Error>)> callback) const;  ///< Once, at `failed` or `closed`.

  /// Errors: timeout, or why it failed.
  [[nodiscard]] Result<void> wait_connected(std::chrono::milliseconds limit) const;
  /// Errors: timeout.
  [[nodiscard]] Result<void> wait_closed(std::chrono::milliseconds limit) const;

  /// From now on at most this much is sent, within the limits of the options.
  void set_max_bitrate(DataRate limit) const;

  /// The other side drives the robot from now on, or does no more: the rate and size of a camera's picture follow the
  /// link of the one of its viewers who drives, while nobody does that of the oldest connection. `Driving` says it by
  /// itself.
  void set_drives(bool drives) const;

  /// Figures so far; waits for the engine, at most a second.
  [[nodiscard]] Stats stats() const;

  void close() const;

  struct Impl;

 private:
  friend class Driving;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rtcbot
