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

namespace rtcbot::peer {

/// An SDP description with its role in the exchange (RFC 8829).
struct Description {
  enum class Type { offer, answer };
  Type type = Type::offer;
  std::string sdp;
};

/// One ICE candidate that travels by itself (RFC 8838), as the browser's RTCIceCandidateInit has it.
struct Candidate {
  std::string text{};         ///< "candidate:foundation component …".
  std::string mid{};          ///< Of its section; empty: `line` says it.
  std::optional<int> line{};  ///< That section's place among the m= lines.
};

/// A STUN or TURN server (RFC 7064, RFC 7065).
struct IceServer {
  std::vector<std::string> urls{};  ///< "stun:host:port", "turn:host:port?transport=udp", "turns:…".
  std::string username{};
  std::string credential{};
};

struct PeerConfig {
  std::vector<IceServer> ice_servers{};
  bool relay_only = false;         ///< Use TURN alone, as `iceTransportPolicy: "relay"`.
  bool verify_certificate = true;  ///< Of TURN servers by TLS; false is for experiments only.
  std::string ca_file{};           ///< PEM: the authorities for such servers; empty: the system's.
  std::string ca_pem{};            ///< The text of `ca_file`, read where files can be read; not for users.
  /// Offer loopback addresses, and those of bridges to containers and virtual machines, too: nobody but this machine
  /// reaches them. Without it they are offered only where this machine has no other address.
  bool include_loopback = false;
  std::chrono::milliseconds gathering_limit{500};  ///< An answer is given with the candidates found by then.
  bool trickle = false;     ///< Descriptions are given at once, and candidates are told as they are found.
  bool watch_only = false;  ///< Of an `RTCConnection`: what the other side says is counted, and not delivered.
  /// Who is at the other side, as far as that is known, under a name that a stranger cannot guess or take: a
  /// credential, or the fingerprint of a certificate. Whoever ends engine after engine is told to wait
  /// (`Engine::pause_of`), by this name; empty: not known.
  std::string party{};
  /// From when both descriptions are known. No path by then: `failed` with `Errc::connect_failed`.
  std::chrono::milliseconds connect_limit{15'000};
  std::chrono::milliseconds silence_limit{2'000};   ///< Nothing received for this long: `interrupted`.
  std::chrono::milliseconds give_up_after{10'000};  ///< `interrupted` for this long: `failed` with `Errc::peer_lost`.
  DataRate start_bitrate = DataRate::kilobits_per_second(1500);
  DataRate min_bitrate = DataRate::kilobits_per_second(150);
  DataRate max_bitrate = DataRate::kilobits_per_second(8000);
};

/// Life of a connection. `connected` and `interrupted` may alternate; `failed` and `closed` are final.
enum class State {
  connecting,  ///< From construction until a path is found and DTLS is up.
  connected,
  interrupted,  ///< Nothing has been received for `silence_limit`; no video is encoded for this viewer meanwhile.
  failed,       ///< Ended by the world; the error says why.
  closed,       ///< Ended by `close()` of either side.
};

[[nodiscard]] std::string_view name_of(State state);

/// What the page at the other side says that its driver sees.
struct SeenByViewer {
  std::int64_t frames = 0;               ///< Decoded so far.
  std::int64_t freezes = 0;              ///< So far: no new frame for over 200 ms.
  std::optional<double> delay_p50_ms{};  ///< From the camera to the screen, over the last seconds; empty: not known.
  std::optional<double> delay_p95_ms{};

  friend bool operator==(const SeenByViewer&, const SeenByViewer&) = default;
};

/// What the sender knows of its path, from the other side's reports on packets.
struct Uplink {
  DataRate estimate;         ///< What the path is thought to carry, headers included.
  DataRate delivered;        ///< What has arrived lately.
  double queueing_ms = 0;    ///< How long the newest packet reported on waited in queues.
  double round_trip_ms = 0;  ///< Without queues; 0 until the first report.
  double loss = 0;           ///< Share of the packets of the last reports, 0 to 1.
  std::int64_t stalls = 0;   ///< So far: nothing was heard although something should have been.

  friend bool operator==(const Uplink&, const Uplink&) = default;
};

/// Figures of one connection, since its begin.
struct Stats {
  State state = State::connecting;
  std::int64_t bytes_sent = 0;
  std::int64_t packets_sent = 0;
  std::int64_t frames_sent = 0;
  std::int64_t frames_dropped_before_sending = 0;  ///< By the gate in front of the packets.
  std::int64_t key_frames_sent = 0;
  std::int64_t key_frames_requested = 0;  ///< By the other side (PLI, FIR).
  DataRate target_bitrate;
  bool leads = false;  ///< The camera's encoder follows this link, of those of all its viewers.
  double round_trip_ms = 0;
  std::string codec;             ///< "H264", "VP8" or empty.
  std::string path;              ///< "host", "srflx", "prflx" or "relay": this end of the pair in use, or "relay" where
                                 ///< the other end is at one.
  std::optional<Uplink> uplink;  ///< Empty where the other side does not report on packets one by one.
  std::optional<SeenByViewer> seen;  ///< Empty until the other side tells; pages with our rtcbot.js do, once a second.
  std::int64_t candidates_refused = 0;        ///< Of the other side, sent by themselves: made no sense, or too many.
  std::int64_t messages_of_unknown_kind = 0;  ///< Dropped: of an SCTP protocol identifier that WebRTC does not define.
  bool watch_only = false;                    ///< The other side is not heard, as its credential says.
  std::int64_t messages_not_heard = 0;        ///< And said so many messages.
  std::int64_t clock_messages_refused = 0;    ///< On the channel "rtcbot.clock": not understood, too long, too many.
  std::int64_t audio_blocks_sent = 0;         ///< Of 10 ms; silence costs hardly a packet.
  std::int64_t audio_blocks_held_back = 0;    ///< Not sent, as the link had room for the picture alone.
  std::int64_t audio_blocks_received = 0;     ///< Of 10 ms, while the other side was listened to.
  std::int64_t engine_process = 0;            ///< The process that holds the connection; 0: this one.
};

/// Figures of an engine and of its processes.
struct EngineStats {
  int processes = 0;          ///< Of now; 0: the engine is in this process.
  std::int64_t failures = 0;  ///< Processes that ended or hung after they had served.
  std::int64_t isolated = 0;  ///< Connections that got a process for suspects.
  std::int64_t pauses = 0;    ///< Times that a party was told to wait.
  std::int64_t refused = 0;   ///< Connections that were refused meanwhile.
  std::int64_t suspects = 0;  ///< Parties of now that were in a process that failed.
  std::int64_t paused = 0;    ///< Of these, those whose connections are refused now.
};

/// What a connection tells. Called on the engine's own thread, one call at a time; must not block; may call the
/// functions of `Peer` that do not wait.
class PeerObserver {
 public:
  virtual ~PeerObserver() = default;
  /// `reason` is set for `failed`, and for `closed` when the other side closed.
  virtual void on_state(State state, const Error* reason) = 0;
  virtual void on_channel_open(const std::string& channel) = 0;
  virtual void on_channel_closed(const std::string& channel) = 0;
  virtual void on_message(const std::string& channel, std::string message, bool binary) = 0;
  /// Before `on_channel_open`.  @param max_message bytes that the other side takes in one message
  virtual void on_channel_limits(const std::string& /*channel*/, std::int64_t /*max_message*/, bool /*is_reliable*/) {}
  /// So many bytes of what was given to `send` were taken; so many wait now.
  virtual void on_channel_progress(const std::string& /*channel*/, std::size_t /*taken*/, std::uint64_t /*buffered*/) {}
  /// With `trickle`, after the local description was given: a candidate of this side that is not in it.
  virtual void on_candidate(Candidate) {}
  /// With `trickle`, once: what could be found at the begin has been. A new address of this machine may add to it.
  virtual void on_gathered() {}
};

/// One WebRTC connection to one browser or robot. All functions are thread-safe and do not wait for the network;
/// results come by call-back on the engine's thread. The destructor closes and returns when no call-back can come any
/// more; do not destroy a peer inside its own call-back.
class Peer {
 public:
  using OnDescription = std::function<void(Result<Description>)>;

  virtual ~Peer() = default;

  /// Sends this video to the other side, once it is connected, as H.264 if both sides know it and as VP8 otherwise.
  /// Call before `answer` or `create_offer`; one video per connection. May wait for the source's first `can_encode`.
  /// Errors: no_encoder, invalid_state, bad_config (null).
  virtual Result<void> add_video(std::shared_ptr<EncodedVideoSource> source) = 0;

  /// Sends this sound to the other side, and plays what it says on this speaker, as Opus, each only while `set_audio`
  /// says so. Call before `answer` or `create_offer`; what is null is declined, and so is the other side's sound with
  /// `PeerConfig::watch_only`.  Errors: invalid_state, bad_config (both null).
  virtual Result<void> add_audio(std::shared_ptr<AudioSource> source, std::shared_ptr<AudioOutput> output) = 0;

  /// From now on sound is sent, and the other side's is played. Off at first: no microphone is open, no packet is sent
  /// and none is decoded. Takes effect while connected. Does nothing for what `add_audio` was not given.
  virtual void set_audio(bool send, bool receive) = 0;

  /// Makes a data channel, before negotiation; the one named "default" exists in each offer that `create_offer` makes.
  /// Not ordered means not repeated either: for messages of which only the newest counts. Channels that the other side
  /// opens (up to 32) need nothing. "rtcbot.clock" is the library's own: pages ask for the robot's time by it.
  /// Errors: bad_config (the name is taken, empty or over 256 bytes), invalid_state.
  virtual Result<void> add_channel(const std::string& name, bool ordered = true) = 0;

  /// Answers an offer, with candidates inside. Exactly once in a connection's life; a refused offer ends it (`failed`).
  /// What the other side would send is declined.  Errors: bad_offer, invalid_state, no_encoder, closed.
  virtual void answer(Description offer, OnDescription done) = 0;

  /// Makes an offer, with candidates inside. The other way to begin.  Errors: invalid_state, no_encoder, closed.
  virtual void create_offer(OnDescription done) = 0;

  /// Completes `create_offer`.  Errors: bad_message, invalid_state, closed.
  virtual void set_answer(Description answer, std::function<void(Result<void>)> done) = 0;

  /// A candidate of the other side that is not in its description. Before that description it is kept for it, up to 64.
  /// One behind a name instead of an address, or that makes no sense, is left out and counted. Call with what has
  /// passed `signal::check_candidate` alone.
  virtual void add_candidate(Candidate candidate) = 0;

  /// Sends on an open channel.  Errors: invalid_state (no such open channel), queue_full (over 1 MiB not yet sent,
  /// or over 8 KiB on a channel that is not repeated),
  /// too_large (over what the other side takes).
  virtual Result<void> send(const std::string& channel, std::string_view message, bool binary) = 0;

  /// From now on at most this much is sent, all in all; less than `min_bitrate` counts as that, more than the
  /// configuration's `max_bitrate` as that. Takes effect within a round trip.
  virtual void set_max_bitrate(DataRate limit) = 0;

  /// The other side drives the robot from now on, or does no more. Of the viewers of one camera it is the one's link
  /// who drives that decides on rate and size of the picture; while nobody does, that of the oldest connection.
  virtual void set_drives(bool drives) = 0;

  [[nodiscard]] virtual State state() const = 0;
  virtual void get_stats(std::function<void(Stats)> done) = 0;
  virtual void close() = 0;
};

/// The WebRTC engine: three threads shared by all connections. Outlives its peers by shared ownership.
class Engine : public std::enable_shared_from_this<Engine> {
 public:
  virtual ~Engine() = default;

  /// `observer` is held until the peer is closed. Waits for the engine's thread, a few milliseconds.  Errors:
  /// bad_config; refused (the party is paused).
  [[nodiscard]] virtual Result<std::unique_ptr<Peer>> make_peer(PeerConfig config,
                                                                std::shared_ptr<PeerObserver> observer) = 0;

  /// This machine's addresses or routes have changed: connections look for new paths at once instead of within two
  /// seconds. Harmless when nothing changed. Thread-safe, returns at once.
  virtual void network_changed() = 0;

  /// The interface by which this machine goes to the others from now on, as "wwan0": what the connections find out of
  /// one is only carefully held for true of another. Thread-safe, returns at once.
  virtual void set_way(std::string interface) = 0;

  /// For how long from now connections of that party (`PeerConfig::party`) are refused, because those before ended the
  /// engine again and again; zero: they are not. Thread-safe, returns at once.
  [[nodiscard]] virtual std::chrono::milliseconds pause_of(const std::string& /*party*/) const { return {}; }
  [[nodiscard]] virtual EngineStats engine_stats() const { return {}; }
};

}  // namespace rtcbot::peer
