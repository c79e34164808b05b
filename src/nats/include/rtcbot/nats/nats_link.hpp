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
#include "rtcbot/cluster/actions.hpp"
#include "rtcbot/cluster/name_registry.hpp"
#include "rtcbot/net/io_thread.hpp"

namespace rtcbot::nats {

struct NatsOptions {
  std::vector<std::string> urls{};  ///< `nats://HOST[:PORT]` or `tls://HOST[:PORT]`; all in one NATS cluster.
  std::string prefix = "rtcbot";    ///< Prefix of all subjects and of the bucket: [A-Za-z0-9_-]{1,32}.
  std::string credentials_file{};   ///< A `.creds` file, as created by `nsc`.
  std::string user{};               ///< With `password`.
  std::string password{};
  std::string token{};
  std::string ca_file{};           ///< PEM; empty: the system's authorities.
  std::string certificate_file{};  ///< PEM, for servers that require a client certificate; with `key_file`.
  std::string key_file{};
  int replicas = 1;  ///< Of the bucket, if it is created.
};

/// The bus is available; all subscriptions are active.
struct LinkUp {};
struct LinkDown {
  std::string reason{};
};
struct StoreDown {
  std::string reason{};
};
struct SnapshotBegin {};
struct SnapshotEnd {
  std::int64_t incarnation = 0;  ///< Differs if the bucket was created again.
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
  cluster::OpId op{};
  cluster::StoreResult result{};
};
struct ReadEnded {
  cluster::OpId op{};
  cluster::StoreResult::Status status{};
  std::uint64_t revision = 0;
  std::optional<std::string> value{};
};
struct HeartbeatReceived {
  std::string text{};
};
struct QuestionReceived {
  std::string text{};
  std::string reply_to{};
};
struct ReplyReceived {
  std::uint64_t id = 0;
  std::string text{};
};
/// No server listens where that question was sent.
struct NoResponders {
  std::uint64_t id = 0;
};
using Event = std::variant<LinkUp, LinkDown, StoreDown, SnapshotBegin, SnapshotEnd, EntryPut, EntryDeleted, WriteEnded,
                           ReadEnded, HeartbeatReceived, QuestionReceived, ReplyReceived, NoResponders>;

struct NatsLinkStats {
  std::int64_t reconnects = 0;
  std::int64_t sent = 0;
  std::int64_t not_sent = 0;       ///< Without a connection, or with a full queue.
  std::int64_t slow_consumer = 0;  ///< Times that messages were dropped because they were read too slowly.
};

/// One connection to NATS: messages, and the bucket of the JetStream key-value store that all servers share.
///
/// Thread-safe. Passes incoming events to `on_events` on the I/O thread, in order. All queues are bounded: incoming
/// messages wait in libnats, which drops and counts those beyond its own limit; outgoing messages are rejected.
class NatsLink {
 public:
  using OnEvents = std::function<void(std::vector<Event>)>;

  [[nodiscard]] static std::unique_ptr<NatsLink> create(std::shared_ptr<net::IoThread> io, NatsOptions options,
                                                        const std::string& server_id, OnEvents on_events);
  virtual ~NatsLink() = default;

  /// Starts to connect, and never gives up. Call it once.  Errors: bad_config for an option that can never work.
  [[nodiscard]] virtual Result<void> begin() = 0;

  virtual void send(cluster::SendQuestion question) = 0;
  virtual void send(cluster::SendReply reply) = 0;
  virtual void send(cluster::SendHeartbeat heartbeat) = 0;
  /// Each call is answered by exactly one `WriteEnded` or `ReadEnded` within a few seconds.
  virtual void store(cluster::StoreWrite write) = 0;
  virtual void store(cluster::StoreRead read) = 0;

  /// Waits at most `limit` until everything passed so far was sent and stored. Not on the I/O thread.
  virtual void flush(std::chrono::milliseconds limit) = 0;
  [[nodiscard]] virtual NatsLinkStats stats() const = 0;
};

/// Returns an empty text if the address is valid for NATS; otherwise a sentence about the fault.
[[nodiscard]] std::string check_nats_url(const std::string& url);

}  // namespace rtcbot::nats
