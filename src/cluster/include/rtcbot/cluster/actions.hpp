#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "rtcbot/base/log.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/signal/robot_name.hpp"

/// The actions that a `Cluster` requests from the shell.
namespace rtcbot::cluster {

/// One read or write of the store. Unique over the life of a cluster.
using OpId = StrongId<struct OpIdTag>;
/// An offer that another server has forwarded. Unique over the life of a cluster.
using InboundOfferId = StrongId<struct InboundOfferIdTag>;

/// Writes the key if its newest revision is `expected`; 0: if the key does not exist. The shell answers with `written`.
struct StoreWrite {
  OpId op{};
  std::string key{};
  std::string value{};
  std::uint64_t expected = 0;
  friend bool operator==(const StoreWrite&, const StoreWrite&) = default;
};
/// Reads the key's newest value. The shell answers with `read`.
struct StoreRead {
  OpId op{};
  std::string key{};
  friend bool operator==(const StoreRead&, const StoreRead&) = default;
};
/// Sends to that server. If `id` is not 0, the bus returns the reply, or reports that no server listens there.
struct SendQuestion {
  std::string server{};
  std::uint64_t id = 0;  ///< 0: no reply is expected.
  std::string text{};
  friend bool operator==(const SendQuestion&, const SendQuestion&) = default;
};
/// Sends a reply to the address given with the question.
struct SendReply {
  std::string to{};
  std::string text{};
  friend bool operator==(const SendReply&, const SendReply&) = default;
};
/// Sends a heartbeat to all servers.
struct SendHeartbeat {
  std::string text{};
  friend bool operator==(const SendHeartbeat&, const SendHeartbeat&) = default;
};
/// The answer to `claim`.
struct NameDecided {
  broker::SocketId socket{};
  broker::NameDecision decision = broker::NameDecision::granted;
  friend bool operator==(const NameDecided&, const NameDecided&) = default;
};
/// Another robot or owner has taken over a name that was granted.
struct NameLost {
  broker::SocketId socket{};
  bool to_same_owner = true;
  friend bool operator==(const NameLost&, const NameLost&) = default;
};
/// Forwards the offer of another server's browser to a robot here. The shell calls `inbound_offer_answered` exactly
/// once, unless `EndInboundOffer` comes before.
struct ForwardOffer {
  InboundOfferId offer_id{};
  signal::RobotName robot{};
  std::string from{};   ///< The server that forwards it.
  std::string trace{};  ///< The offer's name in that server's logs.
  std::string body{};
  signal::Permissions permissions{};
  friend bool operator==(const ForwardOffer&, const ForwardOffer&) = default;
};
/// The other server no longer waits for that answer.
struct EndInboundOffer {
  InboundOfferId offer_id{};
  friend bool operator==(const EndInboundOffer&, const EndInboundOffer&) = default;
};
/// The result of `Cluster::other` for this robot has changed.
struct PresenceChanged {
  signal::RobotName robot{};
  friend bool operator==(const PresenceChanged&, const PresenceChanged&) = default;
};

/// A user signed out at another server. May come several times.
struct SessionEnded {
  std::string session{};  ///< As in `SignOut`.
  std::int64_t until_s = 0;
  friend bool operator==(const SessionEnded&, const SessionEnded&) = default;
};

using Action = std::variant<StoreWrite, StoreRead, SendQuestion, SendReply, SendHeartbeat, NameDecided, NameLost,
                            ForwardOffer, EndInboundOffer, PresenceChanged, SessionEnded, broker::Respond, LogRecord>;

}  // namespace rtcbot::cluster
