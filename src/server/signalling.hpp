#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "authenticator.hpp"
#include "cluster_link.hpp"
#include "ice_server_provider.hpp"
#include "metrics.hpp"
#include "page_sockets.hpp"
#include "pending_offers.hpp"
#include "request_filter.hpp"
#include "robot_sockets.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/net/http_server.hpp"
#include "rtcbot/net/io_thread.hpp"
#include "rtcbot/runtime/limited_log.hpp"

namespace rtcbot::server {

/// Carries out the broker's decisions: with the sockets of robots and pages, the HTTP requests that wait, and the other
/// servers of the cluster.
///
/// Every input ends in `pump`. Only the I/O thread may call the functions, except the constructor, `begin` and `drain`.
class Signalling {
 public:
  struct Options {
    broker::Config broker{};
    nats::NatsOptions nats{};  ///< Without URLs: a single server.
    PageOptions pages{};
    TokenBucket::Rate robot_rate{};  ///< Messages of one robot.
  };
  /// What the program wants to know.
  struct Events {
    /// `address`: from where the robot is connected; empty once it has left.
    std::function<void(const broker::RobotChanged&, const std::string& address)> robot_changed{};
    PendingOffers::Events offers{};
  };
  /// The other parts of the server, which must outlive this one.
  struct Parts {
    std::shared_ptr<net::IoThread> io;
    Authenticator& authenticator;
    RequestFilter& filter;
    Refusals& refusals;
    LogSink log;
    runtime::LimitedLog& refused_log;
  };

  Signalling(Options options, Parts parts, std::shared_ptr<IceServerProvider> relays, Events events);

  /// Joins the cluster, if there is one. `self` keeps this object alive while one of its sockets or timers calls it.
  /// Errors: bad_config.
  [[nodiscard]] Result<void> begin(std::weak_ptr<Signalling> self);

  /// An offer by POST; its answer goes to `responder`, with these header fields.
  void offer(const net::HttpRequest& request, const signal::RobotName& robot, signal::Permissions permissions,
             std::shared_ptr<net::HttpResponder> responder, PendingOffers::HeaderFields headers);
  /// A robot's websocket is open. `grant`: the robot's credential; null if none was required.
  void robot_connected(const net::HttpRequest& request, std::shared_ptr<net::WebSocket> socket,
                       RobotSockets::Grant grant);
  /// A page's websocket is open.
  void page_connected(std::shared_ptr<net::WebSocket> socket, broker::PageView view, const std::string& address);
  /// Why no other page of this address may open a websocket now; nothing if it may. Counts refusals.
  [[nodiscard]] std::optional<signal::ErrorMessage> refusal_for_page(const std::string& address) {
    return pages_.refusal_for(address);
  }
  /// A user signed out here, see `Authenticator::sign_out`: ends the user's pages and viewers, here and at other
  /// servers.
  void signed_out(Authenticator::EndedSession session);

  /// Credentials may have been revoked, or have expired: closes the sockets that used them. Call it about once a
  /// second. `has_changed`: the files of secrets or revocations were read again.
  void check_credentials(bool has_changed);
  /// Notifies and disconnects everybody, and refuses everything afterwards.
  void stop();
  /// Waits until the other servers know that this one has ended, at most `limit`. Not on the I/O thread.
  void drain(std::chrono::milliseconds limit);

  [[nodiscard]] bool is_stopping() const { return stopping_; }
  /// Why this server cannot do its part in the cluster; nothing if it can, or is alone.
  [[nodiscard]] std::optional<std::string> trouble() const;
  /// True if a robot of another owner is online under that name, here or at another server.
  [[nodiscard]] bool is_taken(const signal::RobotName& name, const std::string& owner) const;
  /// Here and at other servers, sorted by name.
  [[nodiscard]] std::vector<broker::RobotInfo> robots_online() const;
  [[nodiscard]] const PageSockets& pages() const { return pages_; }
  /// For `/metrics`; `http`: the statistics of the port.
  [[nodiscard]] std::string metrics(const net::HttpServerStats& http) const;

 private:
  [[nodiscard]] broker::Config broker_config(broker::Config config, bool is_clustered) const;
  [[nodiscard]] RobotSockets::Options robot_options(TokenBucket::Rate rate);
  [[nodiscard]] PageSockets::Host page_host();
  [[nodiscard]] ClusterLink::Host cluster_host();
  /// Another server's page sends an offer to a robot here.
  [[nodiscard]] broker::RequestId put_offer(const cluster::ForwardOffer& put);
  void abandon(broker::RequestId request);
  /// Closes the pages of an ended session and has robots end its viewers.
  void on_session_ended();

  /// Carries out the broker's decisions, then sets the timer for the next call.
  void pump();
  void set_timer();
  /// Passes actions for pages to the pages, and the rest to `carry_out`.
  void on_action(broker::Action action);
  void carry_out(broker::Action action);
  void respond(const broker::Respond& respond);
  void robot_changed(const broker::RobotChanged& change);

  /// Calls `act` with this object on behalf of a socket, a timer or the cluster, then pumps; nothing if it is gone.
  template <class Act>
  static void with(const std::weak_ptr<Signalling>& weak, Act&& act) {
    const auto self = weak.lock();
    if (!self) return;
    act(*self);
    self->pump();
  }

  Options options_;
  const Parts parts_;
  const Events events_;
  const std::shared_ptr<IceServerProvider> relays_;  ///< Shared with the broker, which calls it for each offer.
  std::shared_ptr<std::weak_ptr<Signalling>> self_ = std::make_shared<std::weak_ptr<Signalling>>();
  RobotSockets robots_;
  broker::Broker broker_;
  PendingOffers offers_;
  PageSockets pages_;
  Metrics metrics_;
  std::shared_ptr<ClusterLink> cluster_;  ///< Null for a single server.
  std::uint64_t last_id_ = 0;
  std::shared_ptr<void> timer_;
  Timestamp timer_at_ = kNever;  ///< When the timer expires; never later than the next due time.
  bool stopping_ = false;
};

}  // namespace rtcbot::server
