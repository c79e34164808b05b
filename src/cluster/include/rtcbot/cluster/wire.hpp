#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/signal/description.hpp"
#include "rtcbot/signal/limits.hpp"
#include "rtcbot/signal/message.hpp"
#include "rtcbot/signal/refusal.hpp"
#include "rtcbot/signal/robot_name.hpp"

/// The messages between servers. All are parsed strictly and within bounds, because any client of the message bus may
/// send anything.
namespace rtcbot::cluster {

inline constexpr std::size_t kServerIdBytes = 32;   ///< Length of `is_server_id`.
inline constexpr std::size_t kMaxHeadBytes = 1024;  ///< Size of the first line of questions and replies.
inline constexpr std::size_t kMaxEntryBytes = 4096;
inline constexpr std::size_t kMaxOwnerBytes = 256;
inline constexpr std::size_t kMaxCameraBytes = 256;  ///< As in `signal::Status`.
inline constexpr std::size_t kMaxTraceBytes = 64;
inline constexpr std::size_t kMaxRefusalBytes = 16 * 1024;

/// True for 32 lower-case hexadecimal digits. The id is random, one per start of a server's program.
[[nodiscard]] bool is_server_id(std::string_view text);

/// A robot's location: the value of its key in the shared store.
struct Entry {
  std::string server{};     ///< `is_server_id`.
  std::string owner{};      ///< The owner of its credential; empty on an open server. Not a secret.
  std::int64_t since_ms{};  ///< When its socket connected; Unix time of that server's clock.
  std::int64_t seen_ms{};   ///< When the entry was written.
  bool online = false;      ///< False: last seen at `seen_ms`; that server has released the name.
  signal::Protocol protocol = signal::Protocol::legacy;
  std::optional<int> viewers{};  ///< As in `signal::Status`.
  std::string camera{};
  friend bool operator==(const Entry&, const Entry&) = default;
};
[[nodiscard]] std::string write_entry(const Entry& entry);
/// Errors: too_large, bad_message.
[[nodiscard]] Result<Entry> parse_entry(std::string_view text);

/// The store's key of a robot. A dot of the name becomes '=', which no name contains, because keys must not have two
/// dots in a row.
[[nodiscard]] std::string key_of(const signal::RobotName& name);
/// Errors: bad_message.
[[nodiscard]] Result<signal::RobotName> name_of_key(std::string_view key);

/// ForwardedOffers another server to forward this offer to its robot. Gets exactly one reply, unless a `CancelQuestion`
/// comes before.
struct OfferQuestion {
  std::string from{};  ///< The server that forwarded.
  std::uint64_t id{};  ///< Unique for `from`; at most 2^53 - 1.
  signal::RobotName robot{};
  std::string trace{};                ///< Its name in logs; at most `kMaxTraceBytes` of [A-Za-z0-9_.-].
  std::string body{};                 ///< As from a browser; must be checked again.
  signal::Permissions permissions{};  ///< As in `signal::OfferMessage`.
  friend bool operator==(const OfferQuestion&, const OfferQuestion&) = default;
};
/// Withdraws a question: nobody waits for its reply.
struct CancelQuestion {
  std::string from{};
  std::uint64_t id{};
  friend bool operator==(const CancelQuestion&, const CancelQuestion&) = default;
};
/// ForwardedOffers for nothing. The bus itself reports to the sender if no server listens.
struct Probe {
  friend bool operator==(const Probe&, const Probe&) = default;
};
using Question = std::variant<OfferQuestion, CancelQuestion, Probe>;
[[nodiscard]] std::string write_question(const Question& question);
/// Errors: too_large, bad_message. Checks only the length of an offer's body.
[[nodiscard]] Result<Question> parse_question(std::string_view text, const signal::Limits& limits);

/// A refusal with its reason.
struct RefusalReply {
  signal::Refusal refusal = signal::Refusal::internal;
  std::string message{};
  std::optional<std::chrono::seconds> retry_after{};
  friend bool operator==(const RefusalReply&, const RefusalReply&) = default;
};
struct Reply {
  std::uint64_t id{};  ///< The question's.
  std::variant<signal::Description, RefusalReply> content{};
  friend bool operator==(const Reply&, const Reply&) = default;
};
/// The reply with the broker's response.
[[nodiscard]] std::string write_reply(std::uint64_t id, const broker::Respond& respond);
/// Errors: too_large, bad_message. An answer in the result has passed `check_sdp`.
[[nodiscard]] Result<Reply> parse_reply(std::string_view text, const signal::Limits& limits);

/// A session whose user signed out at a server.
struct SignOut {
  std::string session{};     ///< At most `signal::Permissions::kMaxGrantBytes`. Not a secret.
  std::int64_t until_s = 0;  ///< When its credential expires; Unix time.
  friend bool operator==(const SignOut&, const SignOut&) = default;
};

/// A heartbeat, sent once a second to a subject that all servers subscribe to, and immediately after a sign-out.
struct Heartbeat {
  /// So that it is not longer than `kMaxHeadBytes`.
  static constexpr std::size_t kMaxSignOuts = 4;
  std::string server{};
  bool is_last = false;               ///< The server stops; its robots are about to connect elsewhere.
  std::vector<SignOut> signed_out{};  ///< At most `kMaxSignOuts`. Servers before this field ignore it.
  friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};
[[nodiscard]] std::string write_heartbeat(const Heartbeat& heartbeat);
/// Errors: too_large, bad_message.
[[nodiscard]] Result<Heartbeat> parse_heartbeat(std::string_view text);

}  // namespace rtcbot::cluster
