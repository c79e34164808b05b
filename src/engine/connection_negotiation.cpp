// The negotiation of a `Connection`: offer, answer and the checks between them.
#include <algorithm>
#include <utility>

#include "connection.hpp"
#include "observers.hpp"
#include "sdp.hpp"
#include "video_formats.hpp"

namespace rtcbot::engine {

namespace {

using Rtc = webrtc::PeerConnectionInterface;

/// Without servers the candidates are this machine's own addresses, which all arrive immediately. "Complete" comes only
/// after 100 ms, when libwebrtc has finished its empty phases for relays and TCP.
constexpr std::chrono::milliseconds kCandidatesSettle{10};
/// The same after a server has answered: a second server may be a little further away.
constexpr std::chrono::milliseconds kServersSettle{50};
/// Without a relay address an answer may be useless, so the wait for it is the longest: five round trips to it over
/// TLS, on a slow link.
constexpr std::chrono::milliseconds kRelayLimit{2'000};

Rtc::IceServer ice_server(const IceServer& server) {
  Rtc::IceServer made;
  made.urls = server.urls;
  made.username = server.username;
  made.password = server.credential;
  return made;
}

}  // namespace

bool Connection::has_server(std::string_view scheme) const {
  return std::any_of(config_.ice_servers.begin(), config_.ice_servers.end(), [&](const IceServer& server) {
    return std::any_of(server.urls.begin(), server.urls.end(),
                       [&](const std::string& url) { return url.starts_with(scheme); });
  });
}

Rtc::RTCConfiguration Connection::configuration() const {
  Rtc::RTCConfiguration configuration;
  for (const IceServer& server : config_.ice_servers) configuration.servers.push_back(ice_server(server));
  configuration.type = config_.relay_only ? Rtc::kRelay : Rtc::kAll;
  configuration.tcp_candidate_policy = Rtc::kTcpCandidatePolicyDisabled;
  // Silence is detected by missing answers to our checks, so several checks must fit within the limit.
  const int silence = static_cast<int>(config_.silence_limit.count());
  configuration.ice_connection_receiving_timeout = silence;
  configuration.stable_writable_connection_ping_interval_ms = silence / 4;
  configuration.ice_check_interval_strong_connectivity = silence / 4;
  // While there is no path, candidate pairs are checked one after the other at this interval. libwebrtc's default of 48
  // ms is too slow if the first of many pairs fail. RFC 8445 section 14.2 allows 5 ms.
  configuration.ice_check_interval_weak_connectivity = 10;
  // A robot's address changes while it drives, so gathering continues and new addresses contact the other side.
  configuration.continual_gathering_policy = Rtc::GATHER_CONTINUALLY;
  configuration.set_suspend_below_min_bitrate(false);
  configuration.set_cpu_adaptation(false);  // Connections encode nothing.
  return configuration;
}

void Connection::answer(Setup setup, const Description& offer, Peer::OnDescription done) {
  if (!connection_) return done(fail(Errc::closed, "the connection is closed"));
  on_description_ = std::move(done);
  if (offer.type != Description::Type::offer) return refuse({Errc::bad_offer, "this description is not an offer"});
  auto parsed = parse_description(offer, Errc::bad_offer);
  if (!parsed) return refuse(parsed.error());
  if (auto prepared = prepare_tracks(setup); !prepared) return refuse(prepared.error());
  if (order_codecs(**parsed, setup.video.get()) && setup.video) unmet_formats_ = format_names(*setup.video);
  if (takes_opus(**parsed)) {
    if (auto prepared = prepare_audio(std::move(setup.audio)); !prepared) return refuse(prepared.error());
    ask_for_narrow_opus(**parsed);
  }
  wanted_channels_ = std::move(setup.channels);
  connection_->SetRemoteDescription(
      std::move(*parsed), rtc::make_ref_counted<RemoteDescriptionDone>([weak = weak_from_this()](webrtc::RTCError e) {
        if (const auto self = weak.lock()) self->on_offer_set(std::move(e));
      }));
}

void Connection::create_offer(Setup setup, Peer::OnDescription done) {
  if (!connection_) return done(fail(Errc::closed, "the connection is closed"));
  on_description_ = std::move(done);
  if (auto prepared = prepare_tracks(setup); !prepared) return refuse(prepared.error());
  if (auto prepared = prepare_audio(std::move(setup.audio)); !prepared) return refuse(prepared.error());
  if (auto made = make_channel(std::string(kDefaultChannel), true); !made) return refuse(made.error());
  if (auto made = make_channels(setup.channels); !made) return refuse(made.error());
  make_local_description();
}

Result<void> Connection::prepare_tracks(const Setup& setup) {
  if (!setup.video) return {};
  auto video = VideoSender::add_to(*connection_, engine_.factory(), setup.video, poster(), path_);
  if (!video) return fail(video.error());
  video_ = std::move(*video);
  video_->set_drives(drives_);
  return {};
}

Result<void> Connection::prepare_audio(AudioPorts ports) {
  // Sound from a watch-only viewer is not received at all.
  if (config_.watch_only) ports.output = nullptr;
  if (!ports.source && !ports.output) return {};
  auto audio = AudioLink::add_to(
      *connection_, engine_.factory(),
      {.ports = std::move(ports), .puller = engine_.audio(), .path = path_, .min_video = config_.min_bitrate});
  if (!audio) return fail(audio.error());
  audio_ = std::move(*audio);
  audio_->set_wanted(wants_audio_sent_, wants_audio_received_);
  return {};
}

Result<void> Connection::make_channels(const std::vector<Setup::NewChannel>& wanted) {
  for (const Setup::NewChannel& channel : wanted) {
    if (auto made = make_channel(channel.name, channel.ordered); !made) return made;
  }
  return {};
}

Result<void> Connection::make_channel(const std::string& name, bool ordered) {
  webrtc::DataChannelInit options;
  options.ordered = ordered;
  // Unordered means that the newest message counts, so a lost one is not retransmitted.
  if (!ordered) options.maxRetransmits = 0;
  auto made = connection_->CreateDataChannelOrError(name, &options);
  if (!made.ok()) return fail(Errc::internal, std::string("the data channel was refused: ") + made.error().message());
  channels_->add(made.MoveValue());
  return {};
}

void Connection::on_offer_set(webrtc::RTCError error) {
  if (!connection_ || !on_description_) return;
  if (!error.ok()) return refuse({Errc::bad_offer, std::string("the offer cannot be answered: ") + error.message()});
  take_early_candidates();
  reject_incoming_media();
  if (auto made = make_channels(wanted_channels_); !made) return refuse(made.error());
  make_local_description();
}

void Connection::reject_incoming_media() {
  for (const auto& transceiver : connection_->GetTransceivers()) {
    if (video_ && video_->is_ours(*transceiver)) continue;
    if (audio_ && audio_->is_ours(*transceiver)) continue;
    // Inactive, not stopped: a stopped one could be the m-line with the transport of all.
    transceiver->SetDirectionWithError(webrtc::RtpTransceiverDirection::kInactive);
  }
}

void Connection::make_local_description() {
  connection_->SetLocalDescription(
      rtc::make_ref_counted<LocalDescriptionDone>([weak = weak_from_this()](webrtc::RTCError error) {
        if (const auto self = weak.lock()) self->on_local_description(std::move(error));
      }));
}

void Connection::on_local_description(webrtc::RTCError error) {
  if (!connection_ || !on_description_) return;
  if (!error.ok()) {
    const Errc code = connection_->remote_description() ? Errc::bad_offer : Errc::internal;
    return refuse({code, std::string("no description could be made: ") + error.message()});
  }
  local_is_set_ = true;
  if (connection_->remote_description()) on_negotiated();
  if (has_gathered_ || config_.trickle) return deliver_description();
  const bool relay_may_come = has_server("turn");
  post_after(config_.gathering_limit, [this, relay_may_come] {
    if (!relay_may_come || has_relay_) deliver_description();
  });
  if (relay_may_come) {
    post_after(std::max(config_.gathering_limit, kRelayLimit), [this] { deliver_description(); });
  }
}

void Connection::OnIceCandidate(const webrtc::IceCandidateInterface* candidate) {
  ++candidates_;
  const std::string& kind = candidate->candidate().type();
  has_reflexive_ = has_reflexive_ || kind == cricket::STUN_PORT_TYPE;
  has_relay_ = has_relay_ || kind == cricket::RELAY_PORT_TYPE;
  if (config_.trickle) return tell(*candidate);
  const bool has_servers = !config_.ice_servers.empty();
  if (has_servers && !has_reflexive_ && !config_.relay_only) return;
  if (has_server("turn") && !has_relay_) return;
  post_after(has_servers ? kServersSettle : kCandidatesSettle, [this, known = candidates_] {
    if (known == candidates_) deliver_description();
  });
}

void Connection::on_gathered() {
  has_gathered_ = true;
  deliver_description();
  if (config_.trickle && !std::exchange(gathered_is_told_, true) && observer_) observer_->on_gathered();
}

void Connection::deliver_description() {
  if (!local_is_set_ || !on_description_) return;
  const webrtc::SessionDescriptionInterface* local = connection_->local_description();
  Description description;
  description.type = local->GetType() == webrtc::SdpType::kOffer ? Description::Type::offer : Description::Type::answer;
  local->ToString(&description.sdp);
  if (!unmet_formats_.empty()) add_formats(description.sdp, unmet_formats_);
  std::exchange(on_description_, nullptr)(std::move(description));
}

void Connection::refuse(Error error) {
  // A connection negotiates only once, so it ends.
  if (const auto done = std::exchange(on_description_, nullptr)) done(fail(error));
  post([this, error] { finish(State::failed, &error); });
}

void Connection::set_answer(const Description& answer, std::function<void(Result<void>)> done) {
  if (!connection_) return done(fail(Errc::closed, "the connection is closed"));
  if (answer.type != Description::Type::answer)
    return done(fail(Errc::bad_message, "this description is not an answer"));
  if (connection_->signaling_state() != Rtc::kHaveLocalOffer) {
    return done(fail(Errc::invalid_state, "there is no offer that this could answer"));
  }
  auto parsed = parse_description(answer, Errc::bad_message);
  if (!parsed) return done(fail(parsed.error()));
  if (audio_) ask_for_narrow_opus(**parsed);
  connection_->SetRemoteDescription(
      std::move(*parsed),
      rtc::make_ref_counted<RemoteDescriptionDone>([weak = weak_from_this(), done](webrtc::RTCError error) {
        const auto self = weak.lock();
        if (!self || !self->connection_) return done(fail(Errc::closed, "the connection is closed"));
        if (!error.ok()) {
          return done(fail(Errc::bad_message, std::string("the answer does not fit the offer: ") + error.message()));
        }
        self->take_early_candidates();
        self->on_negotiated();
        done({});
      }));
}

/// Starts the time limit for finding a path, because the other side is now known. Before that, a side may wait without
/// limit.
void Connection::limit_connecting() {
  post_after(config_.connect_limit, [this] {
    if (status_->state != State::connecting) return;
    const Error error(Errc::connect_failed, "no path to the other side was found in time; is a TURN server needed?");
    finish(State::failed, &error);
  });
}

void Connection::on_negotiated() {
  limit_connecting();
  const webrtc::SessionDescriptionInterface* local = connection_->local_description();
  const bool is_ours = local->GetType() == webrtc::SdpType::kAnswer;
  const webrtc::SessionDescriptionInterface& answer = is_ours ? *local : *connection_->remote_description();
  if (reports_on_packets(answer)) path_->drive();
  if (takes_repair_packets(answer)) path_->repairs_in_advance();
  if (video_) video_->on_negotiated(config_);
  if (const auto sctp = connection_->GetSctpTransport()) {
    engine_.network().BlockingCall([&] { dropped_messages_ = dropped_messages_of(*sctp); });
  }
}

}  // namespace rtcbot::engine
