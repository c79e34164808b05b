#include "connection.hpp"

#include <api/sctp_transport_interface.h>
#include <pc/session_description.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "handshake_error.hpp"
#include "observers.hpp"
#include "relay_tls.hpp"
#include "rtcbot/base/weakly.hpp"
#include "rtcbot/device/interface_addresses.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "stats.hpp"
#include "trials.hpp"

namespace rtcbot::engine {

namespace {

/// How often a connection stores its estimate, so that new connections can start from those still open.
constexpr std::chrono::milliseconds kRememberEvery{2'000};

using PathState = webrtc::PeerConnectionInterface::PeerConnectionState;

/// The next connection uses the same radio as the last.
PeerConfig with_remembered_rate(PeerConfig config, const congestion::EstimateCache& rates) {
  const DataRate start = rates.start(runtime::now(), config.start_bitrate);
  config.start_bitrate = std::clamp(start, config.min_bitrate, config.max_bitrate);
  return config;
}

Uplink uplink_of(const congestion::PathController::Snapshot& snapshot) {
  const auto ms = [](Duration d) { return std::chrono::duration<double, std::milli>(d).count(); };
  return {.estimate = snapshot.estimate,
          .delivered = snapshot.delivered,
          .queueing_ms = ms(snapshot.queueing),
          .round_trip_ms = ms(snapshot.round_trip),
          .loss = snapshot.loss,
          .stalls = snapshot.stalls};
}

/// True if this machine now has an address that other machines can reach, or if that is unknown. libwebrtc offers no
/// link-local IPv6 address, because it is useless without the interface's name.
bool has_address_for_others() {
  const auto addresses = device::interface_addresses();
  return !addresses || std::any_of(addresses->begin(), addresses->end(), [](const device::InterfaceAddress& entry) {
    return leads_to_others(entry) && !(entry.is_ipv6 && entry.is_link_local);
  });
}

bool is_final(State state) { return state == State::failed || state == State::closed; }

}  // namespace

Connection::Connection(EngineImpl& engine, PeerConfig config, std::shared_ptr<PeerObserver> observer,
                       std::shared_ptr<Status> status)
    : engine_(engine),
      config_(with_remembered_rate(std::move(config), engine.rates())),
      observer_(std::move(observer)),
      status_(std::move(status)),
      path_(std::make_shared<Path>(
          congestion::PathController::Limits{
              .least = config_.min_bitrate, .start = config_.start_bitrate, .most = config_.max_bitrate},
          runtime::now)),
      rate_source_(engine.rates().enter()) {}

Connection::~Connection() { release_all(); }

Result<void> Connection::open() {
  webrtc::PeerConnectionDependencies parts(this);
  parts.trials = std::make_unique<Trials>(path_);
  WatchedTransports transports = make_watched_ice_transports(transport_events());
  parts.ice_transport_factory = std::move(transports.factory);
  path_->when_stalled([&network = engine_.network(), check = std::move(transports.check_now)] {
    network.PostTask([check] { check(); });
  });
  auto trust = relay_trust();
  if (!trust) return fail(trust.error());
  parts.tls_cert_verifier = std::move(*trust);
  // The factory reads its options while it creates a connection, on this thread.
  webrtc::PeerConnectionFactoryInterface::Options options;
  // Checked for each connection, because a robot's network comes and goes.
  const bool offers_all = config_.include_loopback || !has_address_for_others();
  options.network_ignore_mask = offers_all ? 0 : rtc::kDefaultNetworkIgnoreMask;
  engine_.factory().SetOptions(options);
  auto made = engine_.factory().CreatePeerConnectionOrError(configuration(), std::move(parts));
  if (!made.ok()) {
    return fail(Errc::bad_config, std::string("the connection's configuration was refused: ") + made.error().message() +
                                      "; are the ICE servers' addresses right?");
  }
  connection_ = made.MoveValue();
  ignore_handshake_errors(*connection_, engine_.network());
  webrtc::BitrateSettings bitrate = bitrate_up_to(config_.max_bitrate);
  bitrate.start_bitrate_bps = static_cast<int>(config_.start_bitrate.bits_per_second());
  if (const auto set = connection_->SetBitrate(bitrate); !set.ok()) {
    return fail(Errc::bad_config, std::string("the bitrate limits were refused: ") + set.message());
  }
  channels_ = std::make_unique<Channels>(
      status_->channels, *observer_, [this] { return largest_message(); },
      [this](std::function<void()> task) { post(std::move(task)); });
  return {};
}

Result<std::unique_ptr<rtc::SSLCertificateVerifier>> Connection::relay_trust() const {
  if (!has_server("turns:")) return std::unique_ptr<rtc::SSLCertificateVerifier>();
  // The reference is safe, because the engine outlives its connections.
  auto trust = RelayTrust::load(
      config_, [&log = engine_.log()](const std::string& sentence) { log.write(LogLevel::warning, sentence); });
  if (!trust) return fail(trust.error());
  return std::unique_ptr<rtc::SSLCertificateVerifier>(std::move(*trust));
}

TransportEvents Connection::transport_events() {
  return {
      .on_receiving =
          [post = poster(), weak = weak_from_this()](bool receiving) {
            post(weakly(weak, [receiving](Connection& self) { self.on_receiving(receiving); }));
          },
      .on_gathered = [post = poster(),
                      weak = weak_from_this()] { post(weakly(weak, [](Connection& self) { self.on_gathered(); })); },
      .on_rebound = [post = poster(),
                     weak = weak_from_this()] { post(weakly(weak, [](Connection& self) { self.on_rebound(); })); }};
}

void Connection::send(const std::string& channel, const std::string& message, bool binary) {
  if (channels_) channels_->send(channel, message, binary);
}

void Connection::OnDataChannel(rtc::scoped_refptr<webrtc::DataChannelInterface> channel) {
  if (!channels_) return;
  const std::string name = channel->label().substr(0, 64);
  if (channels_->add(std::move(channel))) return;
  log_refused_channel(name);
}

void Connection::log_refused_channel(const std::string& name) {
  const Timestamp now = runtime::now();
  const std::string line =
      "closed the data channel '" + name + "' of the other side: the name is taken or there are too many";
  const bool is_counted = channel_refusals_.next_timeout() != kNever;
  if (channel_refusals_.allow(now, "", line)) return engine_.log().write(LogLevel::warning, line);
  const Timestamp due = channel_refusals_.next_timeout();
  if (is_counted) return;
  post_after(std::chrono::ceil<std::chrono::milliseconds>(due - now), [this] { log_refused_channels(runtime::now()); });
}

void Connection::log_refused_channels(Timestamp now) {
  while (const auto count = channel_refusals_.poll_summary(now)) {
    engine_.log().write(LogLevel::warning, count->text());
  }
}

void Connection::OnConnectionChange(PathState state) {
  post([this, state] { on_path_change(state); });
}

void Connection::on_path_change(PathState state) {
  switch (state) {
    case PathState::kConnected: is_receiving_ = true; return set_connected();
    case PathState::kDisconnected: return set_interrupted();
    case PathState::kFailed: {
      if (is_over()) return;
      const Error error = failure();
      return finish(State::failed, &error);
    }
    case PathState::kNew:
    case PathState::kConnecting:
    case PathState::kClosed: return;
  }
}

Error Connection::failure() const {
  const bool stood = status_->state != State::connecting;
  if (has_failed_dtls()) {
    return stood ? Error(Errc::peer_lost, "the encryption (DTLS) of the connection broke")
                 : Error(Errc::connect_failed,
                         "the encryption handshake (DTLS) with the other side failed: its certificate does not match "
                         "the fingerprint in its description, or it refused ours; was the same offer used twice?");
  }
  return stood ? Error(Errc::peer_lost, "the path to the other side broke and no other was found")
               : Error(Errc::connect_failed, "every path to the other side failed; is a TURN server needed?");
}

bool Connection::has_failed_dtls() const {
  const webrtc::SessionDescriptionInterface* local = connection_->local_description();
  if (local == nullptr) return false;
  const auto& contents = local->description()->contents();
  return std::any_of(contents.begin(), contents.end(), [this](const cricket::ContentInfo& content) {
    const auto transport = connection_->LookupDtlsTransportByMid(content.name);
    return transport && transport->Information().state() == webrtc::DtlsTransportState::kFailed;
  });
}

void Connection::on_receiving(bool receiving) {
  is_receiving_ = receiving;
  if (!receiving) return set_interrupted();
  if (status_->state == State::interrupted && connection_->peer_connection_state() == PathState::kConnected) {
    set_connected();
  }
}

void Connection::on_rebound() {
  if (is_over()) return;
  // Frames sent meanwhile are lost, and no request for a key frame can reach us now.
  path_->on_resume();
  if (video_) video_->request_key_frame();
}

void Connection::set_connected() {
  if (is_over() || status_->state == State::connected) return;
  watch_dtls();
  enter(State::connected, nullptr);
  if (video_ && !is_over()) video_->start(config_);
  if (audio_ && !is_over()) audio_->start();
  if (!std::exchange(watches_rate_, true)) watch_rate();
}

void Connection::set_interrupted() {
  if (status_->state != State::connected) return;
  if (video_) video_->stop();
  if (audio_) audio_->stop();
  remember_rate();
  enter(State::interrupted, nullptr);
  post_after(config_.give_up_after, [this, which = ++interruptions_] {
    if (status_->state != State::interrupted || which != interruptions_) return;
    const Error error(Errc::peer_lost, "the other side was connected, but then sent nothing for too long");
    finish(State::failed, &error);
  });
}

void Connection::watch_dtls() {
  if (dtls_watch_) return;
  for (const auto& content : connection_->local_description()->description()->contents()) {
    auto transport = connection_->LookupDtlsTransportByMid(content.name);
    if (content.rejected || !transport) continue;
    auto closed = [post = poster(), weak = weak_from_this()] {
      post(weakly(weak, [](Connection& self) {
        const Error reason(Errc::closed, "the other side closed the connection");
        self.finish(State::closed, &reason);
      }));
    };
    engine_.network().BlockingCall(
        [&] { dtls_watch_ = std::make_unique<DtlsWatch>(std::move(transport), std::move(closed)); });
    return;
  }
}

webrtc::BitrateSettings Connection::bitrate_up_to(DataRate limit) const {
  const DataRate most = std::clamp(limit, config_.min_bitrate, config_.max_bitrate);
  webrtc::BitrateSettings bitrate;
  bitrate.min_bitrate_bps = static_cast<int>(config_.min_bitrate.bits_per_second());
  bitrate.max_bitrate_bps = static_cast<int>(most.bits_per_second());
  return bitrate;
}

void Connection::set_max_bitrate(DataRate limit) {
  if (!connection_) return;
  // Without a start rate the estimate continues unchanged. Refused only for contradictory limits.
  connection_->SetBitrate(bitrate_up_to(limit));
}

void Connection::set_audio(bool send, bool receive) {
  wants_audio_sent_ = send;
  wants_audio_received_ = receive;
  if (audio_) audio_->set_wanted(send, receive);
}

void Connection::set_drives(bool drives) {
  drives_ = drives;
  if (video_) video_->set_drives(drives);
}

void Connection::get_stats(std::function<void(Stats)> done) {
  Stats stats = last_stats_;
  stats.state = status_->state;
  if (!connection_) return done(stats);
  channels_->read_clock(stats);
  stats.candidates_refused = candidates_refused_;
  if (dropped_messages_) stats.messages_of_unknown_kind = *dropped_messages_;
  if (video_) {
    const VideoLink::Counters counters = video_->counters();
    stats.frames_sent = counters.frames_sent;
    stats.key_frames_sent = counters.key_frames_sent;
    stats.frames_dropped_before_sending = counters.frames_dropped;
    stats.target_bitrate = counters.target;
    stats.leads = counters.leads;
    if (const auto codec = video_->codec()) stats.codec = name_of(*codec);
    if (path_->drives()) stats.uplink = uplink_of(path_->snapshot());
  }
  if (audio_) {
    const AudioLink::Counters counters = audio_->counters();
    stats.audio_blocks_sent = counters.blocks_sent;
    stats.audio_blocks_held_back = counters.blocks_held_back;
    stats.audio_blocks_received = counters.blocks_received;
  }
  connection_->GetStats(
      rtc::make_ref_counted<StatsDone>([weak = weak_from_this(), stats, done](const StatsDone::Report& report) {
        Stats filled = stats;
        filled.bytes_sent = filled.packets_sent = filled.key_frames_requested = 0;
        read_report(*report, filled);
        if (const auto self = weak.lock()) self->last_stats_ = filled;
        done(filled);
      }).get());
}

void Connection::finish(State end, const Error* reason) {
  if (is_over()) return;
  release_all();
  enter(end, reason);
  observer_ = nullptr;
}

void Connection::dispose() {
  if (is_over()) return;
  remember_rate();
  status_->state = State::closed;
  release_all();
  observer_ = nullptr;
}

void Connection::remember_rate() {
  // While nothing arrives there is no new estimate, and the egress interface may have changed.
  if (status_->state != State::connected) return;
  const congestion::PathController::Snapshot snapshot = path_->snapshot();
  if (snapshot.delivered > DataRate()) engine_.rates().remember(runtime::now(), rate_source_, snapshot.estimate);
}

void Connection::watch_rate() {
  remember_rate();
  post_after(kRememberEvery, [this] { watch_rate(); });
}

void Connection::release_all() {
  remember_rate();
  log_refused_channels(kNever);
  // Stops video first: nothing may push frames into a closing connection.
  if (video_) video_->stop();
  if (audio_) audio_->stop();
  audio_.reset();
  if (dtls_watch_) engine_.network().BlockingCall([this] { dtls_watch_.reset(); });
  if (channels_ && observer_ && !is_over()) channels_->close_all();
  if (const auto done = std::exchange(on_description_, nullptr)) {
    done(fail(Errc::closed, "the connection was closed before its description was ready"));
  }
  channels_.reset();
  if (const auto connection = std::exchange(connection_, nullptr)) connection->Close();
}

void Connection::enter(State state, const Error* reason) {
  status_->state = state;
  if (observer_) observer_->on_state(state, reason);
}

bool Connection::is_over() const { return is_final(status_->state); }

std::int64_t Connection::largest_message() const {
  constexpr std::int64_t kUnlessSaid = 64 * 1024;  // RFC 8841 section 6.
  const auto transport = connection_ ? connection_->GetSctpTransport() : nullptr;
  const auto said = transport ? transport->Information().MaxMessageSize() : absl::nullopt;
  if (!said) return kUnlessSaid;
  return static_cast<std::int64_t>(std::clamp(*said, 0.0, static_cast<double>(ChannelRegistry::kSendLimit)));
}

void Connection::post(std::function<void()> task) { poster()(std::move(task)); }

std::function<void(std::function<void()>)> Connection::poster() {
  return [thread = &engine_.signalling(), weak = weak_from_this()](std::function<void()> task) {
    thread->PostTask([weak, task = std::move(task)] {
      if (const auto self = weak.lock(); self && self->connection_) task();
    });
  };
}

void Connection::post_after(std::chrono::milliseconds delay, std::function<void()> task) {
  engine_.signalling().PostDelayedTask(
      [weak = weak_from_this(), task = std::move(task)] {
        if (const auto self = weak.lock(); self && self->connection_) task();
      },
      webrtc::TimeDelta::Millis(delay.count()));
}

}  // namespace rtcbot::engine
