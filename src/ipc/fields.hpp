#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <tuple>
#include <type_traits>

#include "rtcbot/ipc/messages.hpp"

// The fields of each message, in their order on the wire, and the last enumerator of each enumeration.
namespace rtcbot::ipc {

template <class M, class T>
concept Is = std::same_as<std::remove_const_t<M>, T>;

constexpr PeerId max_of(PeerId) { return PeerId{std::numeric_limits<std::uint32_t>::max()}; }
constexpr Errc max_of(Errc) { return Errc::internal; }
constexpr VideoCodec max_of(VideoCodec) { return VideoCodec::vp8; }
constexpr LogLevel max_of(LogLevel) { return LogLevel::error; }
constexpr peer::State max_of(peer::State) { return peer::State::closed; }
constexpr peer::Description::Type max_of(peer::Description::Type) { return peer::Description::Type::answer; }

// Parts of messages.
template <Is<Failure> M>
auto fields_of(M& m) {
  return std::tie(m.code, m.message);
}
template <Is<peer::Description> M>
auto fields_of(M& m) {
  return std::tie(m.type, m.sdp);
}
template <Is<peer::Candidate> M>
auto fields_of(M& m) {
  return std::tie(m.text, m.mid, m.line);
}
template <Is<peer::IceServer> M>
auto fields_of(M& m) {
  return std::tie(m.urls, m.username, m.credential);
}
template <Is<peer::PeerConfig> M>
auto fields_of(M& m) {
  return std::tie(m.ice_servers, m.relay_only, m.verify_certificate, m.ca_pem, m.include_loopback, m.gathering_limit,
                  m.trickle, m.watch_only, m.connect_limit, m.silence_limit, m.give_up_after, m.start_bitrate,
                  m.min_bitrate, m.max_bitrate);
}
template <Is<peer::SeenByViewer> M>
auto fields_of(M& m) {
  return std::tie(m.frames, m.freezes, m.delay_p50_ms, m.delay_p95_ms);
}
template <Is<peer::Uplink> M>
auto fields_of(M& m) {
  return std::tie(m.estimate, m.delivered, m.queueing_ms, m.round_trip_ms, m.loss, m.stalls);
}
template <Is<peer::Stats> M>
auto fields_of(M& m) {
  return std::tie(m.state, m.bytes_sent, m.packets_sent, m.frames_sent, m.frames_dropped_before_sending,
                  m.key_frames_sent, m.key_frames_requested, m.target_bitrate, m.leads, m.round_trip_ms, m.codec,
                  m.path, m.uplink, m.seen, m.candidates_refused, m.clock_messages_refused, m.audio_blocks_sent,
                  m.audio_blocks_held_back, m.audio_blocks_received, m.messages_of_unknown_kind);
}
template <Is<VideoTarget> M>
auto fields_of(M& m) {
  return std::tie(m.bitrate, m.frame_rate, m.is_probe, m.room);
}
template <Is<FrameRoom> M>
auto fields_of(M& m) {
  return std::tie(m.open, m.until);
}
template <Is<SetupVideo> M>
auto fields_of(M& m) {
  return std::tie(m.h264, m.vp8);
}
template <Is<SetupChannel> M>
auto fields_of(M& m) {
  return std::tie(m.name, m.ordered);
}
template <Is<Setup> M>
auto fields_of(M& m) {
  return std::tie(m.video, m.microphone, m.speaker, m.channels);
}

// Commands.
template <Is<Ping> M>
auto fields_of(M& m) {
  return std::tie(m.number);
}
template <Is<MakePeer> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.config);
}
template <Is<Negotiate> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.setup, m.offer);
}
template <Is<SetAnswer> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.sdp);
}
template <Is<AddCandidate> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.candidate);
}
template <Is<SendMessage> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.channel, m.binary, m.data);
}
template <Is<SetMaxBitrate> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.limit);
}
template <Is<SetAudio> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.send, m.receive);
}
template <Is<SetDrives> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.drives);
}
template <Is<GetStats> M>
auto fields_of(M& m) {
  return std::tie(m.peer);
}
template <Is<ClosePeer> M>
auto fields_of(M& m) {
  return std::tie(m.peer);
}
template <Is<DropPeer> M>
auto fields_of(M& m) {
  return std::tie(m.peer);
}
template <Is<VideoFrame> M>
auto fields_of(M& m) {  // `data` follows.
  return std::tie(m.peer, m.attachment, m.codec, m.key_frame, m.width, m.height, m.sequence, m.captured_at);
}
template <Is<CapturedSound> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.block);
}
template <Is<NetworkChanged> M>
auto fields_of(M&) {
  return std::tuple<>();
}
template <Is<SetOutgoingInterface> M>
auto fields_of(M& m) {
  return std::tie(m.name);
}
template <Is<Resolved> M>
auto fields_of(M& m) {
  return std::tie(m.request, m.addresses);
}

// Events.
template <Is<Ready> M>
auto fields_of(M& m) {
  return std::tie(m.version);
}
template <Is<Pong> M>
auto fields_of(M& m) {
  return std::tie(m.number);
}
template <Is<PeerMade> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.failure);
}
template <Is<StateChanged> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.state, m.reason);
}
template <Is<ChannelOpened> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.channel, m.max_message, m.is_reliable);
}
template <Is<ChannelClosed> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.channel);
}
template <Is<ChannelProgress> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.channel, m.taken, m.buffered);
}
template <Is<Received> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.channel, m.binary, m.data);
}
template <Is<LocalCandidate> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.candidate);
}
template <Is<Gathered> M>
auto fields_of(M& m) {
  return std::tie(m.peer);
}
template <Is<Negotiated> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.description, m.failure);
}
template <Is<AnswerSet> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.failure);
}
template <Is<StatsReport> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.stats);
}
template <Is<PrepareVideo> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.codec);
}
template <Is<AttachVideo> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.attachment, m.codec, m.room);
}
template <Is<DetachVideo> M>
auto fields_of(M& m) {
  return std::tie(m.peer);
}
template <Is<RequestKeyFrame> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.broken_at);
}
template <Is<VideoFlow> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.target);
}
template <Is<ListenAudio> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.wanted);
}
template <Is<OpenVoice> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.open);
}
template <Is<ReceivedSound> M>
auto fields_of(M& m) {
  return std::tie(m.peer, m.block);
}
template <Is<Resolve> M>
auto fields_of(M& m) {
  return std::tie(m.request, m.host);
}
template <Is<Log> M>
auto fields_of(M& m) {
  return std::tie(m.level, m.message);
}

template <class T>
concept HasFields = requires(T& message) {
  fields_of(message);
};

}  // namespace rtcbot::ipc
