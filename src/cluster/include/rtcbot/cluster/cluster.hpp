#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rtcbot/base/log_rate_limiter.hpp"
#include "rtcbot/cluster/cluster_view.hpp"
#include "rtcbot/cluster/forwarded_offers.hpp"
#include "rtcbot/cluster/name_registry.hpp"

namespace rtcbot::cluster {

/// A robot of any server, for lists.
struct ClusterRobot {
  signal::RobotName name{};
  bool is_online = false;  ///< True if it is online at another live server; otherwise it was last seen at
                           ///< `Entry::seen_ms`.
  Entry entry{};
};

/// One server's part in a group of servers that act as one. Decides which server owns a name and which server gets an
/// offer.
///
/// The servers share a message bus and a key-value store. Each may fail separately; this class decides how to continue
/// then. Pure: time and input are passed in; after each call, drain `poll_action` and read `next_timeout`. Not
/// thread-safe.
class Cluster {
 public:
  struct Config {
    std::string self{};                 ///< `is_server_id`.
    std::int64_t unix_ms_at_epoch = 0;  ///< Unix time at `Timestamp` zero.
    Duration heartbeat_interval{1'000'000};
    Duration liveness_timeout{4'000'000};    ///< A server without a heartbeat for this time is gone.
    Duration timeout{10'500'000};            ///< Timeout of another server's answer.
    std::size_t max_sign_outs = 64;          ///< That wait to be sent; the oldest are dropped.
    int sign_out_repeats = 3;                ///< How often each is sent, because the bus may lose messages.
    std::size_t max_inbound_offers = 4'096;  ///< Waiting offers of other servers; more are `busy`.
    std::chrono::seconds retry_after{2};
    signal::Limits limits{.local_candidates = signal::LocalCandidates::keep};
  };
  struct Stats {
    std::int64_t inbound_offers = 0;  ///< Offers that other servers forwarded here.
    std::int64_t bad_messages = 0;    ///< Invalid messages from the bus or the store.
    std::int64_t link_losses = 0;
    std::int64_t store_losses = 0;
    std::int64_t servers_gone = 0;
  };

  explicit Cluster(Config config);

  /// The message bus is available, or not. Repeated calls are harmless.
  void link_up(Timestamp now);
  void link_down(Timestamp now);
  /// The store sends all its entries: `snapshot_begin`, `entry` for each, then `snapshot_end`. From then on the store
  /// is available and calls `entry` for each change. `incarnation` differs if the store was created again.
  void snapshot_begin();
  void entry(Timestamp now, std::string_view key, std::string_view value, std::uint64_t revision);
  void entry_deleted(Timestamp now, std::string_view key, std::uint64_t revision);
  void snapshot_end(Timestamp now, std::int64_t incarnation);
  void store_down(Timestamp now);
  void written(Timestamp now, OpId op, const StoreResult& result);
  /// `value`: the value read; empty if the key does not exist or the read failed.
  void read(Timestamp now, OpId op, StoreResult::Status status, std::uint64_t revision,
            const std::optional<std::string>& value);

  /// From the bus. `reply_to`: the address for the reply.
  void heartbeat(Timestamp now, std::string_view text);
  void question(Timestamp now, std::string_view text, const std::string& reply_to);
  void reply(Timestamp now, std::uint64_t id, std::string_view text) { offers_.reply(now, id, text); }
  void no_responders(std::uint64_t id);

  /// From this server's broker.
  void claim(Timestamp now, broker::SocketId socket, const signal::RobotName& name, const std::string& owner,
             signal::Protocol protocol);
  void changed(Timestamp now, const broker::RobotChanged& change) { registry_.changed(now, change); }
  void inbound_offer_answered(InboundOfferId offer_id, const broker::Respond& respond);

  /// A browser's `POST` for a robot that is not connected to this server.
  void offer(Timestamp now, OutgoingOffer offer);
  void request_abandoned(broker::RequestId request) { offers_.abandoned(request); }

  /// A user signed out here: notifies the other servers, which may have the user's pages and robots.
  void signed_out(Timestamp now, SignOut session);

  /// The server is about to stop: refuses all requests here that wait for other servers. Still releases the names of
  /// robots that leave.
  void stop(Timestamp now);
  /// Sends the last heartbeat. Call it after the names were released: other servers then treat the remaining ones as
  /// gone.
  void farewell();

  void handle_timeout(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const;
  [[nodiscard]] std::optional<Action> poll_action();

  /// All robots in the store, those of this server included; only robots at other live servers have `is_online`.
  [[nodiscard]] std::vector<ClusterRobot> others() const;
  /// The store's entry of a robot; as in `others`.
  [[nodiscard]] std::optional<ClusterRobot> other(const signal::RobotName& name) const;
  /// True if a robot with another credential is online under this name at another server.
  [[nodiscard]] bool is_taken(const signal::RobotName& name, const std::string& owner) const;

  [[nodiscard]] bool is_link_up() const { return is_link_up_; }
  [[nodiscard]] bool is_store_up() const { return is_store_up_; }
  [[nodiscard]] std::size_t servers() const { return view_.servers(); }
  [[nodiscard]] std::size_t waiting() const { return offers_.waiting(); }
  [[nodiscard]] std::size_t inbound_offers() const { return inbound_offers_.size(); }
  [[nodiscard]] const Stats& stats() const { return stats_; }
  [[nodiscard]] const NameRegistry& registry() const { return registry_; }
  [[nodiscard]] const ForwardedOffers& forwarded_offers() const { return offers_; }

 private:
  struct InboundOffer {
    std::string from{};
    std::uint64_t id{};
    std::string reply_to{};
  };
  /// Marks the server as gone, and its robots as offline.
  void forget(const std::string& server);
  void tell(const std::vector<signal::RobotName>& names);
  /// The sign-outs for the next heartbeat, newest first.
  [[nodiscard]] std::vector<SignOut> take_sign_outs();
  void bad_message(Timestamp now, const std::string& what);
  void log(LogLevel level, std::string message) { actions_.push_back(LogRecord{level, "cluster", std::move(message)}); }

  Config config_;
  std::deque<Action> actions_;
  ClusterView view_;
  NameRegistry registry_;
  ForwardedOffers offers_;
  std::map<InboundOfferId, InboundOffer> inbound_offers_;
  std::map<std::pair<std::string, std::uint64_t>, InboundOfferId> inbound_offer_ids_;
  std::uint64_t last_inbound_offer_ = 0;
  struct PendingSignOut {
    SignOut session{};
    int left = 0;  ///< How often it is still to be sent.
  };
  std::deque<PendingSignOut> sign_outs_;  ///< The next to send first.
  std::int64_t incarnation_ = 0;
  Timestamp next_heartbeat_ = kNever;
  bool is_link_up_ = false;
  bool is_store_up_ = false;
  bool is_stopping_ = false;
  LogRateLimiter not_understood_;
  Stats stats_;
};

}  // namespace rtcbot::cluster
