#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "rtcbot/base/log.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/signal/robot_name.hpp"

/// What a `Fleet` wants done.
namespace rtcbot::fleet {

/// One reading or writing of the store. Never used twice in the life of a fleet.
using OpId = StrongId<struct OpIdTag>;
/// An offer that another server has asked about. Never used twice in the life of a fleet.
using VisitId = StrongId<struct VisitIdTag>;

/// Writes the key if its newest revision is `expected`; 0: if there is none. To be answered with `written`.
struct StoreWrite {
  OpId op{};
  std::string key{};
  std::string value{};
  std::uint64_t expected = 0;
  friend bool operator==(const StoreWrite&, const StoreWrite&) = default;
};
/// Reads the key's newest value. To be answered with `read`.
struct StoreRead {
  OpId op{};
  std::string key{};
  friend bool operator==(const StoreRead&, const StoreRead&) = default;
};
/// Sends to that server. With an id, the bus shall bring back the reply, or tell that nobody is there.
struct SendQuestion {
  std::string server{};
  std::uint64_t id = 0;  ///< 0: no reply is wanted.
  std::string text{};
  friend bool operator==(const SendQuestion&, const SendQuestion&) = default;
};
/// Sends back to where a question said.
struct SendReply {
  std::string to{};
  std::string text{};
  friend bool operator==(const SendReply&, const SendReply&) = default;
};
/// Sends to all servers.
struct SendBeat {
  std::string text{};
  friend bool operator==(const SendBeat&, const SendBeat&) = default;
};
/// The answer to `claim`.
struct NameDecided {
  broker::SocketId socket{};
  broker::NameDecision decision = broker::NameDecision::granted;
  friend bool operator==(const NameDecided&, const NameDecided&) = default;
};
/// A name that was granted is another's now.
struct NameLost {
  broker::SocketId socket{};
  bool to_same_owner = true;
  friend bool operator==(const NameLost&, const NameLost&) = default;
};
/// Puts the offer of another server's browser to a robot here. Exactly one `visit_answered` is due, unless it is
/// ended before.
struct PutOffer {
  VisitId visit{};
  signal::RobotName robot{};
  std::string from{};   ///< The server.
  std::string trace{};  ///< What the offer is called in its logs.
  std::string body{};
  signal::Right right{};
  friend bool operator==(const PutOffer&, const PutOffer&) = default;
};
/// Nobody waits for that answer any more.
struct EndVisit {
  VisitId visit{};
  friend bool operator==(const EndVisit&, const EndVisit&) = default;
};
/// What `find` and `robots` tell of this robot, which is not here, has changed.
struct PresenceChanged {
  signal::RobotName robot{};
  friend bool operator==(const PresenceChanged&, const PresenceChanged&) = default;
};

using Action = std::variant<StoreWrite, StoreRead, SendQuestion, SendReply, SendBeat, NameDecided, NameLost, PutOffer,
                            EndVisit, PresenceChanged, broker::Respond, LogRecord>;

}  // namespace rtcbot::fleet
