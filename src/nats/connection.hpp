#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <nats/nats.h>

#include "inbox.hpp"
#include "rtcbot/nats/nats_link.hpp"

namespace rtcbot::nats {

struct NatsDeleter {
  void operator()(natsOptions* p) const { natsOptions_Destroy(p); }
  void operator()(natsConnection* p) const { natsConnection_Destroy(p); }
  void operator()(natsSubscription* p) const { natsSubscription_Destroy(p); }
  void operator()(natsMsg* p) const { natsMsg_Destroy(p); }
  void operator()(jsCtx* p) const { jsCtx_Destroy(p); }
  void operator()(jsPubAck* p) const { jsPubAck_Destroy(p); }
  void operator()(jsStreamInfo* p) const { jsStreamInfo_Destroy(p); }
  void operator()(kvStore* p) const { kvStore_Destroy(p); }
  void operator()(kvWatcher* p) const { kvWatcher_Destroy(p); }
  void operator()(kvEntry* p) const { kvEntry_Destroy(p); }
};
template <class T>
using Nats = std::unique_ptr<T, NatsDeleter>;

inline constexpr std::int64_t kNatsWaitMs = 2'000;  ///< Timeout of requests to NATS.

/// The subjects and names in NATS.
struct Subjects {
  Subjects(const std::string& prefix, const std::string& server_id);
  [[nodiscard]] std::string of_server(const std::string& server) const { return questions_ + server; }
  [[nodiscard]] std::string of_reply(std::uint64_t id) const { return replies_ + std::to_string(id); }
  [[nodiscard]] std::string of_key(const std::string& key) const { return keys_ + key; }
  std::string heartbeats;
  std::string own_questions;
  std::string own_replies;
  std::string bucket;
  std::string stream;

 private:
  std::string questions_;
  std::string replies_;
  std::string keys_;
};

/// The object that libnats's threads use for a connection. They may use it until everything that was opened is closed.
class Hook {
 public:
  explicit Hook(std::shared_ptr<Inbox> inbox) : inbox_(std::move(inbox)) {}

  void went_up();
  void went_down(const std::string& reason);
  void push(Event event) { inbox_->push(std::move(event)); }
  void opened();
  void closed();
  /// Waits at most `limit` until libnats no longer uses this object; returns false if it still does.
  bool wait_until_closed(std::chrono::milliseconds limit);

  std::atomic<bool> is_up = false;
  std::atomic<int> generation = 0;
  std::atomic<std::int64_t> slow_consumer = 0;

 private:
  const std::shared_ptr<Inbox> inbox_;
  std::mutex mutex_;
  std::condition_variable all_closed_;
  int open_ = 0;
};

/// One connection with its three subscriptions. It reconnects automatically until it is closed.
class Connection {
 public:
  /// Errors: bad_config for an option that cannot work; connection_refused; internal.
  [[nodiscard]] static Result<std::shared_ptr<Connection>> open(const NatsOptions& options, const Subjects& subjects,
                                                                std::shared_ptr<Inbox> inbox);
  ~Connection();

  [[nodiscard]] bool is_connected() const { return hook_->is_up && !is_closed(); }
  /// True if it will not reconnect; open another one.
  [[nodiscard]] bool is_closed() const { return natsConnection_IsClosed(connection_.get()); }
  /// Changes with each established connection.
  [[nodiscard]] int generation() const { return hook_->generation; }
  /// Returns false if nothing can be sent now.
  bool publish(const std::string& subject, const std::string& reply_to, const std::string& text);
  [[nodiscard]] jsCtx* jet_stream() const { return jet_stream_.get(); }
  [[nodiscard]] std::int64_t slow_consumer() const { return hook_->slow_consumer; }

 private:
  explicit Connection(std::shared_ptr<Inbox> inbox) : hook_(std::make_unique<Hook>(std::move(inbox))) {}
  natsStatus subscribe(const std::string& subject, natsMsgHandler handler);

  std::unique_ptr<Hook> hook_;
  Nats<natsConnection> connection_;
  Nats<jsCtx> jet_stream_;
  std::vector<Nats<natsSubscription>> subscriptions_;
};

}  // namespace rtcbot::nats
