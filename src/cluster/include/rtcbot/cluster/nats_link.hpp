#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/fleet/actions.hpp"
#include "rtcbot/fleet/claims.hpp"
#include "rtcbot/net/io_thread.hpp"

namespace rtcbot::cluster {

struct NatsOptions {
  std::vector<std::string> urls{};  ///< `nats://HOST[:PORT]` or `tls://HOST[:PORT]`; any of one NATS cluster.
  std::string prefix = "rtcbot";    ///< Of all subjects, and of the bucket: [A-Za-z0-9_-]{1,32}.
  std::string credentials_file{};   ///< A `.creds` file, as `nsc` makes it.
  std::string user{};               ///< With `password`.
  std::string password{};
  std::string token{};
  std::string ca_file{};           ///< PEM; empty: the system's authorities.
  std::string certificate_file{};  ///< PEM, for servers that ask for one; with `key_file`.
  std::string key_file{};
  int replicas = 1;  ///< Of the bucket, where it has to be made.
};

/// The bus can be used; what was subscribed is subscribed.
struct LinkUp {};
struct LinkDown {
  std::string reason{};
};
struct StoreDown {
  std::string reason{};
};
struct SnapshotBegin {};
struct SnapshotEnd {
  std::int64_t incarnation = 0;  ///< Another one when the bucket was made anew.
};
struct EntryPut {
  std::string key{};
  std::string value{};
  std::uint64_t revision = 0;
};
struct EntryDeleted {
  std::string key{};
  std::uint64_t revision = 0;
};
struct WriteEnded {
  fleet::OpId op{};
  fleet::StoreResult result{};
};
struct ReadEnded {
  fleet::OpId op{};
  fleet::StoreResult::Status status{};
  std::uint64_t revision = 0;
  std::optional<std::string> value{};
};
struct BeatCame {
  std::string text{};
};
struct QuestionCame {
  std::string text{};
  std::string reply_to{};
};
struct ReplyCame {
  std::uint64_t id = 0;
  std::string text{};
};
/// Nobody listens where that question was sent.
struct NobodyThere {
  std::uint64_t id = 0;
};
using Event = std::variant<LinkUp, LinkDown, StoreDown, SnapshotBegin, SnapshotEnd, EntryPut, EntryDeleted, WriteEnded,
                           ReadEnded, BeatCame, QuestionCame, ReplyCame, NobodyThere>;

struct NatsLinkStats {
  std::int64_t reconnects = 0;
  std::int64_t sent = 0;
  std::int64_t not_sent = 0;       ///< Because there was no connection, or too much waited to be sent.
  std::int64_t slow_consumer = 0;  ///< Times that messages were dropped because they were not taken quickly enough.
};

/// One connection to NATS: its messages and the bucket of its JetStream key-value store that all servers share.
///
/// Thread-safe. What comes in is given to `on_events` on the I/O thread, in order. All queues are bounded: what comes
/// in waits in libnats, which drops beyond a limit of its own and counts; what goes out is refused.
class NatsLink {
 public:
  using OnEvents = std::function<void(std::vector<Event>)>;

  [[nodiscard]] static std::unique_ptr<NatsLink> create(std::shared_ptr<net::IoThread> io, NatsOptions options,
                                                        const std::string& server_id, OnEvents on_events);
  virtual ~NatsLink() = default;

  /// Begins to connect and goes on for ever. To be called once.  Errors: bad_config for an option that can never work.
  [[nodiscard]] virtual Result<void> begin() = 0;

  virtual void send(fleet::SendQuestion question) = 0;
  virtual void send(fleet::SendReply reply) = 0;
  virtual void send(fleet::SendBeat beat) = 0;
  /// Each is answered by exactly one `WriteEnded` or `ReadEnded` within a few seconds.
  virtual void store(fleet::StoreWrite write) = 0;
  virtual void store(fleet::StoreRead read) = 0;

  /// Waits until what was given so far has been sent and stored, at most for that long. Not on the I/O thread.
  virtual void flush(std::chrono::milliseconds limit) = 0;
  [[nodiscard]] virtual NatsLinkStats stats() const = 0;
};

/// Nothing if NATS can be found at that address; otherwise what is wrong with it, as a sentence.
[[nodiscard]] std::string check_nats_url(const std::string& url);

}  // namespace rtcbot::cluster
