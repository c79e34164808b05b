#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "rtcbot/base/result.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/signal/description.hpp"
#include "rtcbot/signal/limits.hpp"
#include "rtcbot/signal/message.hpp"
#include "rtcbot/signal/refusal.hpp"
#include "rtcbot/signal/robot_name.hpp"

/// What servers write to each other. Everything is read strictly and within bounds: whoever may publish on the same
/// message bus may send anything.
namespace rtcbot::fleet {

inline constexpr std::size_t kServerIdBytes = 32;   ///< Of `is_server_id`.
inline constexpr std::size_t kMaxHeadBytes = 1024;  ///< Of the first line of questions and replies.
inline constexpr std::size_t kMaxEntryBytes = 4096;
inline constexpr std::size_t kMaxOwnerBytes = 256;
inline constexpr std::size_t kMaxCameraBytes = 256;  ///< As in `signal::Status`.
inline constexpr std::size_t kMaxTraceBytes = 64;
inline constexpr std::size_t kMaxRefusalBytes = 16 * 1024;

/// 32 lower-case hexadecimal digits: random, one per start of a server's program.
[[nodiscard]] bool is_server_id(std::string_view text);

/// Where a robot is: the value of its key in the store that all servers share.
struct Entry {
  std::string server{};     ///< `is_server_id`.
  std::string owner{};      ///< Of its credential; empty on an open server. Not a secret.
  std::int64_t since_ms{};  ///< When its socket came; Unix time, that server's clock.
  std::int64_t seen_ms{};   ///< When this was written.
  bool online = false;      ///< False: it was last seen then, and that server has let the name go.
  signal::Protocol protocol = signal::Protocol::bare;
  std::optional<int> viewers{};  ///< As in `signal::Status`.
  std::string camera{};
  friend bool operator==(const Entry&, const Entry&) = default;
};
[[nodiscard]] std::string write_entry(const Entry& entry);
/// Errors: too_large, bad_message.
[[nodiscard]] Result<Entry> parse_entry(std::string_view text);

/// The key of a robot: keys of a store cannot have two dots in a row, names can; so a dot becomes '=', which no name
/// has.
[[nodiscard]] std::string key_of(const signal::RobotName& name);
/// Errors: bad_message.
[[nodiscard]] Result<signal::RobotName> name_of_key(std::string_view key);

/// Put this offer to your robot. Exactly one reply is due, unless a `CancelQuestion` comes before.
struct OfferQuestion {
  std::string from{};  ///< The server that asks.
  std::uint64_t id{};  ///< Unique for `from`; at most 2^53 - 1.
  signal::RobotName robot{};
  std::string trace{};    ///< What it is called in logs; at most `kMaxTraceBytes` of [A-Za-z0-9_.-].
  std::string body{};     ///< As from a browser; has to pass the gate again.
  signal::Right right{};  ///< As in `signal::OfferMessage`.
  friend bool operator==(const OfferQuestion&, const OfferQuestion&) = default;
};
/// Nobody waits for that reply any more.
struct CancelQuestion {
  std::string from{};
  std::uint64_t id{};
  friend bool operator==(const CancelQuestion&, const CancelQuestion&) = default;
};
/// Nothing is wanted: the bus itself says to the one who asks when nobody is there any more.
struct Probe {
  friend bool operator==(const Probe&, const Probe&) = default;
};
using Question = std::variant<OfferQuestion, CancelQuestion, Probe>;
[[nodiscard]] std::string write_question(const Question& question);
/// Errors: too_large, bad_message. The body of an offer is not looked at, except for its length.
[[nodiscard]] Result<Question> parse_question(std::string_view text, const signal::Limits& limits);

/// No, with the reason.
struct RefusalReply {
  signal::Refusal refusal = signal::Refusal::internal;
  std::string message{};
  std::optional<std::chrono::seconds> retry_after{};
  friend bool operator==(const RefusalReply&, const RefusalReply&) = default;
};
struct Reply {
  std::uint64_t id{};  ///< The question's.
  std::variant<signal::Answer, RefusalReply> content{};
  friend bool operator==(const Reply&, const Reply&) = default;
};
/// The reply that carries what the broker answered.
[[nodiscard]] std::string write_reply(std::uint64_t id, const broker::Respond& respond);
/// Errors: too_large, bad_message. An answer has passed the gate.
[[nodiscard]] Result<Reply> parse_reply(std::string_view text, const signal::Limits& limits);

/// I am alive. Said once a second on a subject that all servers hear.
struct Beat {
  std::string server{};
  bool is_last = false;  ///< It ends; its robots are about to dial in elsewhere.
  friend bool operator==(const Beat&, const Beat&) = default;
};
[[nodiscard]] std::string write_beat(const Beat& beat);
/// Errors: too_large, bad_message.
[[nodiscard]] Result<Beat> parse_beat(std::string_view text);

}  // namespace rtcbot::fleet
