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

/// The messages between a robot's process and the process of its WebRTC engine.
///
/// Commands go to the engine, events come from it. Each is a value; `codec.hpp` encodes and decodes it. The robot
/// trusts no event: types and ranges are checked here, and the receiver checks the content.
namespace rtcbot::ipc {

/// Must be equal on both sides, which are installed together.
inline constexpr std::uint32_t kVersion = 1;

/// Identifies one connection on both sides. The robot chooses it; it is unique over the life of an engine.
enum class PeerId : std::uint32_t {};

/// The reason for a failure, like `Error`.
struct Failure {
  Errc code = Errc::internal;
  std::string message{};

  friend bool operator==(const Failure&, const Failure&) = default;
};

// ---- Commands ----

/// Requests a `Pong` from the thread that runs all connections.
struct Ping {
  std::uint64_t number = 0;
};

struct MakePeer {
  PeerId peer{};
  peer::PeerConfig config{};
};

/// A video that the robot sends.
struct SetupVideo {
  bool h264 = false, vp8 = false;  ///< Codecs that the source can encode.
};

/// A data channel to create.
struct SetupChannel {
  std::string name{};
  bool ordered = true;
};

/// The settings of a connection before negotiation.
struct Setup {
  std::optional<SetupVideo> video{};
  bool microphone = false;
  bool speaker = false;
  std::vector<SetupChannel> channels{};
};

/// Answers `offer`, or creates an offer if it is empty. The reply is `Negotiated`.
struct Negotiate {
  PeerId peer{};
  Setup setup{};
  std::optional<std::string> offer{};
};

/// The reply is `AnswerSet`.
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

/// The other side starts or stops driving the robot.
struct SetDrives {
  PeerId peer{};
  bool drives = false;
};

/// The replies are `StatsReport`, in order.
struct GetStats {
  PeerId peer{};
};

struct ClosePeer {
  PeerId peer{};
};

/// The robot has removed this connection: close it, and report nothing more about it.
struct DropPeer {
  PeerId peer{};
};

/// One encoded picture for one connection. `data` is not copied: it follows the encoded header.
struct VideoFrame {
  PeerId peer{};
  std::uint32_t attachment = 0;  ///< As in `AttachVideo`; frames of an earlier attachment are dropped.
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

/// The reply to `Resolve`; empty: unknown name.
struct Resolved {
  std::uint32_t request = 0;
  std::vector<std::string> addresses{};
};

using Command = std::variant<Ping, MakePeer, Negotiate, SetAnswer, AddCandidate, SendMessage, SetMaxBitrate, SetAudio,
                             SetDrives, GetStats, ClosePeer, DropPeer, VideoFrame, CapturedSound, NetworkChanged,
                             SetOutgoingInterface, Resolved>;

// ---- Events ----

/// The first event: the engine is sandboxed and accepts commands.
struct Ready {
  std::uint32_t version = kVersion;
};

struct Pong {
  std::uint64_t number = 0;
};

/// The reply to `MakePeer`.
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
  std::int64_t max_message = 0;  ///< Maximum size in bytes of a message to the other side.
  bool is_reliable = true;
};

struct ChannelClosed {
  PeerId peer{};
  std::string channel{};
};

/// The sending progress of a channel.
struct ChannelProgress {
  PeerId peer{};
  std::string channel{};
  std::uint64_t taken = 0;                  ///< Bytes of messages that are no longer waiting to be accepted.
  std::optional<std::uint64_t> buffered{};  ///< Bytes buffered in the engine; empty: unchanged.
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

/// The reply to `Negotiate`: a description or a failure.
struct Negotiated {
  PeerId peer{};
  std::optional<peer::Description> description{};
  std::optional<Failure> failure{};
};

/// The reply to `SetAnswer`.
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

/// The engine needs frames, starting with a key frame.
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

/// The capacity of the connection's link, and whether a picture taken now could arrive in time.
struct VideoFlow {
  PeerId peer{};
  VideoTarget target{};
};

/// Start or stop sending the robot's microphone.
struct ListenAudio {
  PeerId peer{};
  bool wanted = false;
};

/// The other side's sound starts or stops.
struct OpenVoice {
  PeerId peer{};
  bool open = false;
};

/// 10 ms of the other side's sound.
struct ReceivedSound {
  PeerId peer{};
  AudioBlock block{};
};

/// Requests a name lookup: the engine has no resolver. Only names of the connections' ICE servers are resolved.
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
