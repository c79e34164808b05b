#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/base/units.hpp"
#include "rtcbot/flow/audio.hpp"
#include "rtcbot/flow/encoded_video.hpp"
#include "rtcbot/signal/candidate.hpp"
#include "rtcbot/signal/description.hpp"
#include "rtcbot/signal/ice_server.hpp"

namespace rtcbot::peer {

using signal::Candidate;
using signal::Description;
using signal::IceServer;

struct PeerConfig {
  std::vector<IceServer> ice_servers{};
  bool relay_only = false;         ///< Use TURN only, like `iceTransportPolicy: "relay"`.
  bool verify_certificate = true;  ///< For TURN servers over TLS; false is for experiments only.
  std::string ca_file{};           ///< PEM file with the certificate authorities for such servers; empty: the system's.
  std::string ca_pem{};            ///< The content of `ca_file`, read in a process that may read files; not for users.
  /// Also offer loopback addresses and those of bridges to containers and virtual machines, which only this machine can
  /// reach. If false, they are offered only if this machine has no other address.
  bool include_loopback = false;
  std::chrono::milliseconds gathering_limit{500};  ///< The answer is sent with the candidates found within this time.
  bool trickle = false;                            ///< Send descriptions immediately, and candidates as they are found.
  bool watch_only = false;  ///< For an `RTCConnection`: messages of the other side are counted, not delivered.
  /// Identifies the other side by something that a stranger cannot guess or take: a credential, or the fingerprint of a
  /// certificate; empty: unknown. A party that repeatedly crashes engines must wait (`Engine::pause_of`).
  std::string party{};
  /// Starts when both descriptions are known. Without a path in this time: `failed` with `Errc::connect_failed`.
  std::chrono::milliseconds connect_limit{15'000};
  std::chrono::milliseconds silence_limit{2'000};   ///< Nothing received for this time: `interrupted`.
  std::chrono::milliseconds give_up_after{10'000};  ///< `interrupted` for this time: `failed` with `Errc::peer_lost`.
  DataRate start_bitrate = DataRate::kilobits_per_second(1500);
  DataRate min_bitrate = DataRate::kilobits_per_second(150);
  DataRate max_bitrate = DataRate::kilobits_per_second(8000);
};

/// The state of a connection. `connected` and `interrupted` may alternate; `failed` and `closed` are final.
enum class State {
  connecting,  ///< From construction until a path is found and DTLS is established.
  connected,
  interrupted,  ///< Nothing received for `silence_limit`; no video is encoded for this viewer.
  failed,       ///< Ended by a failure; the error holds the reason.
  closed,       ///< Ended by `close()` of either side.
};

[[nodiscard]] std::string_view name_of(State state);

/// The other side's report about the picture that its user sees.
struct SeenByViewer {
  std::int64_t frames = 0;               ///< Number of decoded frames.
  std::int64_t freezes = 0;              ///< Number of times without a new frame for over 200 ms.
  std::optional<double> delay_p50_ms{};  ///< From camera to screen, over the last seconds; empty: unknown.
  std::optional<double> delay_p95_ms{};

  friend bool operator==(const SeenByViewer&, const SeenByViewer&) = default;
};

/// The sender's measurements of its path, from the other side's packet reports.
struct Uplink {
  DataRate estimate;         ///< Estimated capacity of the path, headers included.
  DataRate delivered;        ///< Recent delivery rate.
  double queueing_ms = 0;    ///< Queueing delay of the newest reported packet.
  double round_trip_ms = 0;  ///< Without queueing; 0 until the first report.
  double loss = 0;           ///< Recent share of lost packets, 0 to 1.
  std::int64_t stalls = 0;   ///< Number of times that reports were overdue.

  friend bool operator==(const Uplink&, const Uplink&) = default;
};

/// Statistics of one connection since its start.
struct Stats {
  State state = State::connecting;
  std::int64_t bytes_sent = 0;
  std::int64_t packets_sent = 0;
  std::int64_t frames_sent = 0;
  std::int64_t frames_dropped_before_sending = 0;  ///< By the gate before the packetizer.
  std::int64_t key_frames_sent = 0;
  std::int64_t key_frames_requested = 0;  ///< By the other side (PLI, FIR).
  DataRate target_bitrate;
  bool leads = false;  ///< The camera's encoder follows this link.
  double round_trip_ms = 0;
  std::string codec;             ///< "H264", "VP8" or empty.
  std::string path;              ///< "host", "srflx", "prflx" or "relay": this end of the pair in use; "relay" also if
                                 ///< the other end is relayed.
  std::optional<Uplink> uplink;  ///< Empty if the other side does not report on individual packets.
  std::optional<SeenByViewer> seen;     ///< Empty until the other side reports; pages with our rtcbot.js report once a
                                        ///< second.
  std::int64_t candidates_refused = 0;  ///< Trickled candidates of the other side that were invalid or too many.
  std::int64_t messages_of_unknown_kind = 0;  ///< Dropped: their SCTP protocol identifier is not defined by WebRTC.
  bool watch_only = false;                    ///< Messages of the other side are ignored, because its credential
                                              ///< permits watching only.
  std::int64_t messages_not_heard = 0;        ///< Number of those messages.
  std::int64_t clock_messages_refused = 0;    ///< On the channel "rtcbot.clock": invalid, too long, or too many.
  std::int64_t audio_blocks_sent = 0;         ///< Of 10 ms; silence needs hardly any packets.
  std::int64_t audio_blocks_held_back = 0;    ///< Not sent because the link had room for video only.
  std::int64_t audio_blocks_received = 0;     ///< Of 10 ms, while reception was on.
  std::int64_t engine_process = 0;            ///< Process id of the connection's engine; 0: this process.
};

/// Statistics of an engine and its processes.
struct EngineStats {
  int processes = 0;          ///< Present number; 0: the engine is in this process.
  std::int64_t failures = 0;  ///< Processes that ended or hung after they had served.
  std::int64_t isolated = 0;  ///< Connections that got a process for suspects.
  std::int64_t pauses = 0;    ///< Times that a party was paused.
  std::int64_t refused = 0;   ///< Connections refused because of a pause.
  std::int64_t suspects = 0;  ///< Present number of parties that were in a process that failed.
  std::int64_t paused = 0;    ///< Of these, parties whose connections are refused now.
};

/// Receives a connection's events. Called on the engine's thread, one call at a time. Must not block; may call the
/// functions of `Peer` that do not wait.
class PeerObserver {
 public:
  virtual ~PeerObserver() = default;
  /// `reason` is set for `failed`, and for `closed` if the other side closed.
  virtual void on_state(State state, const Error* reason) = 0;
  virtual void on_channel_open(const std::string& channel) = 0;
  virtual void on_channel_closed(const std::string& channel) = 0;
  virtual void on_message(const std::string& channel, std::string message, bool binary) = 0;
  /// Called before `on_channel_open`.  @param max_message maximum size in bytes of a message to the other side
  virtual void on_channel_limits(const std::string& /*channel*/, std::int64_t /*max_message*/, bool /*is_reliable*/) {}
  /// `taken` bytes given to `send` were accepted; `buffered` bytes now wait.
  virtual void on_channel_progress(const std::string& /*channel*/, std::size_t /*taken*/, std::uint64_t /*buffered*/) {}
  /// With `trickle`, after the local description: a candidate that the description does not contain.
  virtual void on_candidate(Candidate) {}
  /// With `trickle`, once: the initial gathering is complete. A new address of this machine may still add candidates.
  virtual void on_gathered() {}
};

/// One WebRTC connection to one browser or robot. All functions are thread-safe and do not wait for the network;
/// results arrive by callback on the engine's thread. The destructor closes the connection and returns when no more
/// callbacks can come; never destroy a peer inside its own callback.
class Peer {
 public:
  using OnDescription = std::function<void(Result<Description>)>;

  virtual ~Peer() = default;

  /// Sends this video once connected, as H.264 if both sides support it, otherwise as VP8.
  /// Call before `answer` or `create_offer`; one video per connection. May wait for the source's first `can_encode`.
  /// Errors: no_encoder, invalid_state, bad_config (null).
  virtual Result<void> add_video(std::shared_ptr<EncodedVideoSource> source) = 0;

  /// Sends audio from `source` and plays the other side's audio on `output`, as Opus, each only while `set_audio`
  /// enables it. Call before `answer` or `create_offer`. A null direction is declined; with `PeerConfig::watch_only`
  /// the other side's audio is declined too.  Errors: invalid_state, bad_config (both null).
  virtual Result<void> add_audio(std::shared_ptr<AudioSource> source, std::shared_ptr<AudioOutput> output) = 0;

  /// Enables or disables sending audio and playing the other side's. Initially off: no microphone is open and no packet
  /// is sent or decoded. Takes effect while connected. Ignores directions that `add_audio` did not set.
  virtual void set_audio(bool send, bool receive) = 0;

  /// Creates a data channel before negotiation. Each offer of `create_offer` contains one named "default". Unordered
  /// channels also have no retransmission: for messages of which only the newest matters. Channels that the other side
  /// opens (up to 32) need no call. "rtcbot.clock" is reserved: pages read the robot's clock on it.
  /// Errors: bad_config (the name is taken, empty or over 256 bytes), invalid_state.
  virtual Result<void> add_channel(const std::string& name, bool ordered = true) = 0;

  /// Answers an offer, with candidates inside. At most once per connection; a rejected offer ends it (`failed`).
  /// Declines the other side's video.  Errors: bad_offer, invalid_state, no_encoder, closed.
  virtual void answer(Description offer, OnDescription done) = 0;

  /// Creates an offer, with candidates inside, in place of `answer`.  Errors: invalid_state, no_encoder, closed.
  virtual void create_offer(OnDescription done) = 0;

  /// Completes `create_offer`.  Errors: bad_message, invalid_state, closed.
  virtual void set_answer(Description answer, std::function<void(Result<void>)> done) = 0;

  /// Adds a candidate of the other side that is not in its description. Before the description up to 64 are kept.
  /// Candidates with a host name or that are invalid are dropped and counted. Pass only candidates that
  /// `signal::check_candidate` has accepted.
  virtual void add_candidate(Candidate candidate) = 0;

  /// Sends on an open channel.  Errors: invalid_state (no such open channel), queue_full (over 1 MiB unsent, or over 8
  /// KiB on a channel without retransmission), too_large (over the other side's limit).
  virtual Result<void> send(const std::string& channel, std::string_view message, bool binary) = 0;

  /// Sets the maximum total sending rate, limited to the range from `min_bitrate` to the configuration's `max_bitrate`.
  /// Takes effect within a round trip.
  virtual void set_max_bitrate(DataRate limit) = 0;

  /// Sets whether the other side drives the robot. The encoder adapts to the driver's link, or to the oldest
  /// connection's while nobody drives.
  virtual void set_drives(bool drives) = 0;

  [[nodiscard]] virtual State state() const = 0;
  virtual void get_stats(std::function<void(Stats)> done) = 0;
  virtual void close() = 0;
};

/// The WebRTC engine, shared by all connections. Peers share its ownership, so it outlives them.
class Engine : public std::enable_shared_from_this<Engine> {
 public:
  virtual ~Engine() = default;

  /// Creates a connection. Holds `observer` until the peer is closed. Waits for the engine's thread, a few
  /// milliseconds.  Errors: bad_config; refused (the party is paused).
  [[nodiscard]] virtual Result<std::unique_ptr<Peer>> make_peer(PeerConfig config,
                                                                std::shared_ptr<PeerObserver> observer) = 0;

  /// This machine's addresses or routes have changed: connections search for new paths immediately instead of within
  /// two seconds. Harmless if nothing changed. Thread-safe, returns immediately.
  virtual void network_changed() = 0;

  /// Sets the outgoing interface (for example "wwan0"). An estimate learned on one interface is reused on another only
  /// with a safety margin. Thread-safe, returns immediately.
  virtual void set_egress(std::string interface) = 0;

  /// Returns how long connections of that party (`PeerConfig::party`) are refused because earlier ones repeatedly
  /// crashed the engine; zero: they are accepted. Thread-safe, returns immediately.
  [[nodiscard]] virtual std::chrono::milliseconds pause_of(const std::string& /*party*/) const { return {}; }
  [[nodiscard]] virtual EngineStats engine_stats() const { return {}; }
};

}  // namespace rtcbot::peer
