#pragma once

#include <api/peer_connection_interface.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audio_link.hpp"
#include "channels.hpp"
#include "engine.hpp"
#include "liveness.hpp"
#include "path.hpp"
#include "peer_types.hpp"
#include "rtcbot/base/log_rate_limiter.hpp"
#include "sctp_filter.hpp"
#include "video_sender.hpp"

namespace rtcbot::engine {

/// The state that functions of `Peer` read on any thread.
struct Status {
  std::atomic<State> state{State::connecting};
  std::shared_ptr<ChannelRegistry> channels = std::make_shared<ChannelRegistry>();
};

/// One connection: its negotiation and its states. All functions and callbacks run on the signalling thread.
///
/// Tasks hold a weak pointer to it, so that none uses a destroyed object. `finish` always runs in a separate task,
/// never inside a callback of libwebrtc, which must not be closed there.
class Connection : public webrtc::PeerConnectionObserver, public std::enable_shared_from_this<Connection> {
 public:
  Connection(EngineImpl& engine, PeerConfig config, std::shared_ptr<PeerObserver> observer,
             std::shared_ptr<Status> status);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Errors: bad_config (an ICE server's address), internal.
  Result<void> open();
  void answer(Setup setup, const Description& offer, Peer::OnDescription done);
  void create_offer(Setup setup, Peer::OnDescription done);
  void set_answer(const Description& answer, std::function<void(Result<void>)> done);
  void add_candidate(const Candidate& candidate);
  void send(const std::string& channel, const std::string& message, bool binary);
  void set_max_bitrate(DataRate limit);
  void set_audio(bool send, bool receive);
  void set_drives(bool drives);
  void get_stats(std::function<void(Stats)> done);
  void close() { finish(State::closed, nullptr); }
  /// Like `close`, but does not notify the observer.
  void dispose();

 private:
  // webrtc::PeerConnectionObserver
  void OnSignalingChange(webrtc::PeerConnectionInterface::SignalingState) override {}
  void OnDataChannel(rtc::scoped_refptr<webrtc::DataChannelInterface> channel) override;
  void OnIceGatheringChange(webrtc::PeerConnectionInterface::IceGatheringState) override {}
  void OnIceCandidate(const webrtc::IceCandidateInterface* candidate) override;
  void OnConnectionChange(webrtc::PeerConnectionInterface::PeerConnectionState state) override;

  // connection_negotiation.cpp
  [[nodiscard]] webrtc::PeerConnectionInterface::RTCConfiguration configuration() const;
  Result<void> prepare_tracks(const Setup& setup);
  Result<void> prepare_audio(AudioPorts ports);
  Result<void> make_channels(const std::vector<Setup::NewChannel>& wanted);
  Result<void> make_channel(const std::string& name, bool ordered);
  void on_offer_set(webrtc::RTCError error);
  void reject_incoming_media();
  void make_local_description();
  void on_local_description(webrtc::RTCError error);
  void on_gathered();
  void deliver_description();
  void tell(const webrtc::IceCandidateInterface& candidate);
  void take_candidate(const Candidate& candidate);
  void take_early_candidates();
  void refuse(Error error);
  void limit_connecting();
  void on_negotiated();

  // connection.cpp
  [[nodiscard]] TransportEvents transport_events();
  /// Null if there is no TURN server over TLS.  Errors: bad_config, internal.
  [[nodiscard]] Result<std::unique_ptr<rtc::SSLCertificateVerifier>> relay_trust() const;
  void on_path_change(webrtc::PeerConnectionInterface::PeerConnectionState state);
  /// The reason for libwebrtc's state "failed".
  [[nodiscard]] Error failure() const;
  [[nodiscard]] bool has_failed_dtls() const;
  void on_receiving(bool receiving);
  void log_refused_channel(const std::string& name);
  /// Logs the number of further refusals until `now`.
  void log_refused_channels(Timestamp now);
  void on_rebound();
  void set_connected();
  void set_interrupted();
  void watch_dtls();
  void finish(State end, const Error* reason);
  void remember_rate();
  void watch_rate();
  void release_all();
  void enter(State state, const Error* reason);
  [[nodiscard]] bool is_over() const;
  /// True if an address of the ICE servers begins with `scheme`.
  [[nodiscard]] bool has_server(std::string_view scheme) const;
  [[nodiscard]] webrtc::BitrateSettings bitrate_up_to(DataRate limit) const;
  [[nodiscard]] std::int64_t largest_message() const;

  /// Runs `task` soon, or after `delay`, on the signalling thread, if this connection still exists then.
  void post(std::function<void()> task);
  void post_after(std::chrono::milliseconds delay, std::function<void()> task);
  /// The same from any thread, for callbacks that may outlive the connection.
  [[nodiscard]] std::function<void(std::function<void()>)> poster();

  EngineImpl& engine_;
  const PeerConfig config_;
  std::shared_ptr<PeerObserver> observer_;  ///< Null after the end.
  const std::shared_ptr<Status> status_;
  const std::shared_ptr<Path> path_;

  rtc::scoped_refptr<webrtc::PeerConnectionInterface> connection_;  ///< Null after the end.
  std::unique_ptr<Channels> channels_;
  std::optional<VideoSender> video_;
  std::string unmet_formats_;  ///< Names of our video formats, if the other side accepts none of them.
  std::unique_ptr<AudioLink> audio_;
  bool drives_ = false;  ///< The last value, even before there is video.
  bool wants_audio_sent_ = false, wants_audio_received_ = false;
  std::vector<Setup::NewChannel> wanted_channels_;
  Peer::OnDescription on_description_;
  bool local_is_set_ = false;
  bool has_gathered_ = false;
  bool gathered_is_told_ = false;
  std::vector<Candidate> early_candidates_;  ///< Of the other side, before its description is set.
  LogRateLimiter channel_refusals_{{.rate = {.per_second = 0.1, .burst = 5}}};
  std::int64_t candidates_refused_ = 0;
  std::shared_ptr<const DroppedMessages> dropped_messages_;  ///< Null without data channels.
  int candidates_ = 0;
  bool has_reflexive_ = false;  ///< A candidate as a STUN or TURN server sees it.
  bool has_relay_ = false;      ///< A candidate at a TURN server.
  const congestion::EstimateCache::Source rate_source_;
  bool watches_rate_ = false;
  std::unique_ptr<DtlsWatch> dtls_watch_;  ///< Made and destroyed on the network thread.
  bool is_receiving_ = false;
  int interruptions_ = 0;  ///< Distinguishes the timers of different interruptions.
  Stats last_stats_;
};

}  // namespace rtcbot::engine
