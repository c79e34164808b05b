#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "rtcbot/base/error.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/flow/audio.hpp"
#include "rtcbot/flow/encoded_video.hpp"
#include "rtcbot/peer/peer.hpp"

/// The messages between a robot's process and its WebRTC engine's.
///
/// A command goes to the engine, an event comes from it. Each is a value; `codec.hpp` turns it into bytes and back.
/// The robot believes no event: what it says is bounded here by type and range, and judged by who receives it.
namespace rtcbot::ipc {

/// Both sides must have the same one: they are installed together.
inline constexpr std::uint32_t kVersion = 1;

/// Names one connection, on both sides; chosen by the robot, never used twice in one engine's life.
enum class PeerId : std::uint32_t {};

/// Why something failed, as `Error`.
struct Failure {
  Errc code = Errc::internal;
  std::string message{};

  friend bool operator==(const Failure&, const Failure&) = default;
};

// ---- Commands ----

/// Asks for a `Pong` from the thread on which all connections live.
struct Ping {
  std::uint64_t number = 0;
};

struct MakePeer {
  PeerId peer{};
  peer::PeerConfig config{};
};

/// A video that the robot sends.
struct SetupVideo {
  bool h264 = false, vp8 = false;  ///< What the source can encode.
};

/// A data channel to be made.
struct SetupChannel {
  std::string name{};
  bool ordered = true;
};

/// What a connection was given before it negotiates.
struct Setup {
  std::optional<SetupVideo> video{};
  bool microphone = false;
  bool speaker = false;
  std::vector<SetupChannel> channels{};
};

/// Answers `offer`, or makes an offer where that is empty. Answered by `Negotiated`.
struct Negotiate {
  PeerId peer{};
  Setup setup{};
  std::optional<std::string> offer{};
};

/// Answered by `AnswerSet`.
struct SetAnswer {
  PeerId peer{};
  std::string sdp{};
};

struct AddCandidate {
  PeerId peer{};
  peer::Candidate candidate{};
};

struct SendMessage {
  PeerId peer{};
  std::string channel{};
  bool binary = false;
  std::string data{};
};

struct SetMaxBitrate {
  PeerId peer{};
  DataRate limit{};
};

struct SetAudio {
  PeerId peer{};
  bool send = false, receive = false;
};

/// The other side drives the robot from now on, or no longer.
struct SetDrives {
  PeerId peer{};
  bool drives = false;
};

/// Answered by `StatsReport`, in order.
struct GetStats {
  PeerId peer{};
};

struct ClosePeer {
  PeerId peer{};
};

/// The robot has forgotten this connection: closes it, and reports nothing of it again.
struct DropPeer {
  PeerId peer{};
};

/// One encoded picture for one connection. `data` is not copied: it follows the encoded head.
struct VideoFrame {
  PeerId peer{};
  std::uint32_t attachment = 0;  ///< As in `AttachVideo`; a frame of an earlier attachment is dropped.
  VideoCodec codec = VideoCodec::h264;
  bool key_frame = false;
  std::int32_t width = 0, height = 0;
  std::int64_t sequence = 0;
  Timestamp captured_at{};  ///< CLOCK_MONOTONIC, which both processes share.
  std::span<const std::uint8_t> data{};
};

/// 10 ms of the robot's microphone.
struct CapturedSound {
  PeerId peer{};
  AudioBlock block{};
};

struct NetworkChanged {};

struct SetOutgoingInterface {
  std::string name{};
};

/// The answer to `Resolve`; empty: the name is not known.
struct Resolved {
  std::uint32_t request = 0;
  std::vector<std::string> addresses{};
};

using Command = std::variant<Ping, MakePeer, Negotiate, SetAnswer, AddCandidate, SendMessage, SetMaxBitrate, SetAudio,
                             SetDrives, GetStats, ClosePeer, DropPeer, VideoFrame, CapturedSound, NetworkChanged,
                             SetOutgoingInterface, Resolved>;

// ---- Events ----

/// The first event: the engine is confined and takes commands.
struct Ready {
  std::uint32_t version = kVersion;
};

struct Pong {
  std::uint64_t number = 0;
};

/// The answer to `MakePeer`.
struct PeerMade {
  PeerId peer{};
  std::optional<Failure> failure{};
};

struct StateChanged {
  PeerId peer{};
  peer::State state = peer::State::connecting;
  std::optional<Failure> reason{};
};

struct ChannelOpened {
  PeerId peer{};
  std::string channel{};
  std::int64_t max_message = 0;  ///< Bytes that the other side takes in one message.
  bool is_reliable = true;
};

struct ChannelClosed {
  PeerId peer{};
  std::string channel{};
};

/// How far a channel has come with what was given to it.
struct ChannelProgress {
  PeerId peer{};
  std::string channel{};
  std::uint64_t taken = 0;                  ///< Bytes of messages that no longer wait to be taken.
  std::optional<std::uint64_t> buffered{};  ///< Bytes that wait in the engine; empty: as before.
};

struct Received {
  PeerId peer{};
  std::string channel{};
  bool binary = false;
  std::string data{};
};

struct LocalCandidate {
  PeerId peer{};
  peer::Candidate candidate{};
};

struct Gathered {
  PeerId peer{};
};

/// The answer to `Negotiate`: a description, or why there is none.
struct Negotiated {
  PeerId peer{};
  std::optional<peer::Description> description{};
  std::optional<Failure> failure{};
};

/// The answer to `SetAnswer`.
struct AnswerSet {
  PeerId peer{};
  std::optional<Failure> failure{};
};

struct StatsReport {
  PeerId peer{};
  peer::Stats stats{};
};

struct PrepareVideo {
  PeerId peer{};
  VideoCodec codec = VideoCodec::h264;
};

/// Frames are wanted, from a key frame on.
struct AttachVideo {
  PeerId peer{};
  std::uint32_t attachment = 0;
  VideoCodec codec = VideoCodec::h264;
  FrameRoom room{};
};

struct DetachVideo {
  PeerId peer{};
};

struct RequestKeyFrame {
  PeerId peer{};
  std::optional<Timestamp> broken_at{};
};

/// What the connection's link carries, and whether a picture that is taken now could be in time.
struct VideoFlow {
  PeerId peer{};
  VideoTarget target{};
};

/// The robot's microphone is wanted from now on, or no longer.
struct ListenAudio {
  PeerId peer{};
  bool wanted = false;
};

/// The other side's sound comes from now on, or no longer.
struct OpenVoice {
  PeerId peer{};
  bool open = false;
};

/// 10 ms of the other side's sound.
struct ReceivedSound {
  PeerId peer{};
  AudioBlock block{};
};

/// The engine has no resolver. Only names of the connections' ICE servers are looked up.
struct Resolve {
  std::uint32_t request = 0;
  std::string host{};
};

struct Log {
  LogLevel level = LogLevel::debug;
  std::string message{};
};

using Event =
    std::variant<Ready, Pong, PeerMade, StateChanged, ChannelOpened, ChannelClosed, ChannelProgress, Received,
                 LocalCandidate, Gathered, Negotiated, AnswerSet, StatsReport, PrepareVideo, AttachVideo, DetachVideo,
                 RequestKeyFrame, VideoFlow, ListenAudio, OpenVoice, ReceivedSound, Resolve, Log>;

}  // namespace rtcbot::ipc
