#include "rtcbot/nats/nats_link.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "bounded_queue.hpp"
#include "connection.hpp"
#include "inbox.hpp"
#include "store.hpp"

namespace rtcbot::nats {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMaxInbox = 4'096;
constexpr std::size_t kMaxOutbox = 8'192;
constexpr std::size_t kMaxStoreWork = 1'024;  ///< Far more than the servers have in flight.
constexpr int kStoreThreads = 4;              ///< Each thread waits for one answer; this is the number of concurrent
                                              ///< requests.

using Outgoing = std::variant<cluster::SendQuestion, cluster::SendReply, cluster::SendHeartbeat>;
using StoreWork = std::variant<cluster::StoreWrite, cluster::StoreRead>;

class NatsLinkImpl final : public NatsLink {
 public:
  NatsLinkImpl(std::shared_ptr<net::IoThread> io, NatsOptions options, const std::string& server_id, OnEvents on_events)
      : options_(std::move(options)),
        subjects_(options_.prefix, server_id),
        inbox_(std::make_shared<Inbox>(std::move(io), std::move(on_events), kMaxInbox)),
        store_(options_, subjects_, inbox_) {}

  ~NatsLinkImpl() override {
    is_ending_ = true;
    inbox_->close();
    outbox_.close();
    work_.close();
    for (auto& thread : threads_) thread.join();
    current_.reset();
  }

  Result<void> begin() override {
    auto first = Connection::open(options_, subjects_, inbox_);
    if (!first && first.error().code() == Errc::bad_config) return fail(first.error());
    if (first) set_current(std::move(*first));
    threads_.emplace_back([this] { supervise(); });
    threads_.emplace_back([this] { send_all(); });
    for (int i = 0; i < kStoreThreads; ++i) threads_.emplace_back([this] { work_all(); });
    return {};
  }

  void send(cluster::SendQuestion question) override { put(std::move(question)); }
  void send(cluster::SendReply reply) override { put(std::move(reply)); }
  void send(cluster::SendHeartbeat heartbeat) override { put(std::move(heartbeat)); }
  void store(cluster::StoreWrite write) override { put_work(std::move(write)); }
  void store(cluster::StoreRead read) override { put_work(std::move(read)); }

  void flush(std::chrono::milliseconds limit) override {
    const auto deadline = steady_clock::now() + limit;
    work_.wait_until_idle(deadline);
    outbox_.wait_until_idle(deadline);
  }

  [[nodiscard]] NatsLinkStats stats() const override {
    const auto connection = current();
    return {std::max(0, (connection ? connection->generation() : 0) - 1), sent_, not_sent_,
            connection ? connection->slow_consumer() : 0};
  }

 private:
  void put(Outgoing message) {
    if (!outbox_.push(std::move(message))) ++not_sent_;
  }
  void put_work(StoreWork work) {
    if (!work_.push(work)) std::visit([this](const auto& refused) { end_unfinished(refused); }, work);
  }
  void end_unfinished(const cluster::StoreWrite& write) { inbox_->push(WriteEnded{write.op, {}}); }
  void end_unfinished(const cluster::StoreRead& read) { inbox_->push(ReadEnded{.op = read.op}); }

  [[nodiscard]] std::shared_ptr<Connection> current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void set_current(std::shared_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    current_.swap(connection);
  }

  /// Keeps a connection open, and the copy of the store while connected.
  void supervise() {
    while (!is_ending_) {
      auto connection = current();
      if (!connection || connection->is_closed()) {
        connection.reset();
        set_current(nullptr);
        auto opened = Connection::open(options_, subjects_, inbox_);
        if (opened) {
          set_current(std::move(*opened));
        } else {
          inbox_->push(LinkDown{opened.error().what()});
          rest(std::chrono::seconds(1));
        }
      } else if (connection->is_connected()) {
        store_.watch(*connection, [this] { return is_ending_.load(); });
      } else {
        rest(std::chrono::milliseconds(50));
      }
    }
  }
  void rest(std::chrono::milliseconds time) const {
    const auto until = steady_clock::now() + time;
    while (!is_ending_ && steady_clock::now() < until) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  void send_all() {
    while (auto message = outbox_.take()) {
      const auto connection = current();
      const bool is_sent = connection && std::visit([&](const auto& m) { return send(*connection, m); }, *message);
      ++(is_sent ? sent_ : not_sent_);
      outbox_.done();
    }
  }
  bool send(Connection& connection, const cluster::SendQuestion& q) const {
    const auto reply_to = q.id == 0 ? std::string() : subjects_.of_reply(q.id);
    return connection.publish(subjects_.of_server(q.server), reply_to, q.text);
  }
  bool send(Connection& connection, const cluster::SendReply& reply) const {
    return connection.publish(reply.to, {}, reply.text);
  }
  bool send(Connection& connection, const cluster::SendHeartbeat& heartbeat) const {
    return connection.publish(subjects_.heartbeats, {}, heartbeat.text);
  }

  void work_all() {
    while (const auto work = work_.take()) {
      const auto connection = current();
      if (!connection || !connection->is_connected()) {
        std::visit([this](const auto& w) { end_unfinished(w); }, *work);
      } else if (const auto* write = std::get_if<cluster::StoreWrite>(&*work)) {
        inbox_->push(WriteEnded{write->op, store_.write(*connection, *write)});
      } else {
        inbox_->push(store_.read(*connection, std::get<cluster::StoreRead>(*work)));
      }
      work_.done();
    }
  }

  const NatsOptions options_;
  const Subjects subjects_;
  const std::shared_ptr<Inbox> inbox_;
  Store store_;
  mutable std::mutex mutex_;
  std::shared_ptr<Connection> current_;
  BoundedQueue<Outgoing> outbox_{kMaxOutbox};
  BoundedQueue<StoreWork> work_{kMaxStoreWork};
  std::atomic<std::int64_t> sent_ = 0;
  std::atomic<std::int64_t> not_sent_ = 0;
  std::atomic<bool> is_ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<NatsLink> NatsLink::create(std::shared_ptr<net::IoThread> io, NatsOptions options,
                                           const std::string& server_id, OnEvents on_events) {
  return std::make_unique<NatsLinkImpl>(std::move(io), std::move(options), server_id, std::move(on_events));
}

std::string check_nats_url(const std::string& url) {
  const bool is_nats = url.starts_with("nats://") || url.starts_with("tls://");
  const auto host = url.find("://") == std::string::npos ? std::string() : url.substr(url.find("://") + 3);
  if (host.find('@') != std::string::npos) {
    return "do not write a password in a NATS address, because everybody could read it in the list of processes; use "
           "--nats-credentials FILE, or RTCBOT_NATS_USER and RTCBOT_NATS_PASSWORD, or RTCBOT_NATS_TOKEN";
  }
  const bool is_good = is_nats && !host.empty() && host.find_first_of("/?# ,") == std::string::npos && host[0] != ':';
  return is_good ? "" : "'" + url + "' is not a NATS address; write it as nats://HOST[:4222] or tls://HOST[:4222]";
}

}  // namespace rtcbot::nats
