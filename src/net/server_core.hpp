#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "address_counts.hpp"
#include "loop.hpp"
#include "request_budget.hpp"
#include "rtcbot/net/http_server.hpp"
#include "tls_server.hpp"

namespace rtcbot::net {

/// A server's counters. Written on the I/O thread, read on any thread.
struct ServerCounters {
  std::atomic<std::int64_t> open = 0, refused = 0;
  std::atomic<std::int64_t> requests = 0, too_large = 0, bad = 0, timed_out = 0;
  std::atomic<std::int64_t> over_budget = 0, unfinished_bytes = 0;
  std::atomic<std::int64_t> web_sockets = 0;
  std::atomic<std::int64_t> handshakes = 0, handshakes_failed = 0, plain_on_tls = 0;
  std::atomic<std::int64_t> descriptors_spent = 0, over_address_limit = 0, certificate_expires_at = 0;
};

/// An object that must end when the server stops. Lives on the I/O thread.
class ServerPart {
 public:
  virtual ~ServerPart() = default;
  /// Complete the work in progress, then end.
  virtual void wind_down() = 0;
  /// End immediately.
  virtual void abort() = 0;
};

/// Shared state of all connections of one server. Lives on the I/O thread, except `counters` and `loop`.
struct ServerCore {
  HttpServerConfig config;
  HttpServer::Handlers handlers;
  LogSink log;
  std::shared_ptr<Loop> loop;
  std::shared_ptr<ServerCounters> counters = std::make_shared<ServerCounters>();
  std::shared_ptr<const TlsServerContext> tls;    ///< Null: no TLS on this port.
  AddressCounts pending{0};                       ///< Connections that are not settled WebSockets.
  RequestBudget budget{RequestBudget::Limits{}};  ///< Incomplete requests.
  bool stopping = false;
  std::set<ServerPart*> parts;       ///< Each part removes itself when it ends.
  std::size_t turning_away = 0;      ///< Connections beyond the limit that are being refused.
  std::function<void()> part_ended;  ///< Called when a part was removed.

  void say(LogLevel level, std::string message) const {
    if (log) log({level, "net", std::move(message)});
  }
};

/// Counts one connection, from accept to close, first as a request reader and then as a WebSocket. Also holds its slot
/// among the pending connections of its address.
class ServerTicket {
 public:
  ServerTicket(std::shared_ptr<ServerCore> core, ServerPart& part, AddressCounts::Slot slot = {})
      : core_(std::move(core)), part_(&part), slot_(std::move(slot)) {
    core_->parts.insert(part_);
    ++core_->counters->open;
  }
  ~ServerTicket() {
    core_->parts.erase(part_);
    --core_->counters->open;
    if (core_->part_ended) core_->part_ended();
  }
  ServerTicket(const ServerTicket&) = delete;
  ServerTicket& operator=(const ServerTicket&) = delete;

  /// The connection is no longer pending.
  void settle() { slot_ = {}; }

 private:
  std::shared_ptr<ServerCore> core_;
  ServerPart* part_;
  AddressCounts::Slot slot_;  ///< Declared last: destroyed before the core, which owns its counts.
};

}  // namespace rtcbot::net
