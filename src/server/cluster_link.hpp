#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/cluster/cluster.hpp"
#include "rtcbot/nats/nats_link.hpp"
#include "rtcbot/net/io_thread.hpp"

namespace rtcbot::server {

/// Connects this server to the others: carries the decisions of `cluster::Cluster` to NATS and to the server, and
/// events back.
///
/// Only the I/O thread may call the functions, except `start` and `drain`.
class ClusterLink : public std::enable_shared_from_this<ClusterLink> {
 public:
  /// Callbacks to the server, on the I/O thread.
  struct Host {
    std::function<void(broker::SocketId, broker::NameDecision)> name_decided{};
    std::function<void(broker::SocketId, bool to_same_owner)> name_lost{};
    /// Passes an offer to the broker. Give its answer to `inbound_offer_answered`, with the returned id.
    std::function<broker::RequestId(const cluster::ForwardOffer&)> put_offer{};
    std::function<void(broker::RequestId)> abandon{};
    std::function<void(broker::Respond)> respond{};
    /// A robot at another server has come, gone or changed; `others` and `other` return its state.
    std::function<void(const signal::RobotName&)> presence_changed{};
    /// A user signed out at another server; may come several times.
    std::function<void(const cluster::SessionEnded&)> session_ended{};
    /// Makes the connection to NATS; replaced in tests.
    std::function<std::unique_ptr<nats::NatsLink>(std::shared_ptr<net::IoThread>, nats::NatsOptions,
                                                  const std::string& server_id, nats::NatsLink::OnEvents)>
        make_link = nats::NatsLink::create;
  };

  /// Errors: bad_config.
  [[nodiscard]] static Result<std::shared_ptr<ClusterLink>> start(std::shared_ptr<net::IoThread> io,
                                                                  nats::NatsOptions options,
                                                                  const broker::Config& broker, Host host, LogSink log);

  void claim(const broker::ClaimName& claim);
  void changed(const broker::RobotChanged& change);
  /// Passes on the broker's answer to an offer from `put_offer`; false if there is none, or nobody waits for it.
  bool inbound_offer_answered(const broker::Respond& respond);
  /// Forwards a browser's offer for a robot at another server; `Host::respond` gets the answer.
  void offer(broker::RequestId request, const signal::RobotName& name, const std::string& body,
             const std::string& trace, signal::Permissions permissions);
  void abandoned(broker::RequestId request);
  /// Notifies the other servers that a user signed out here.
  void signed_out(cluster::SignOut session);

  /// Notifies the other servers that this server ends.
  void stop();
  /// Waits until this server's entries in the store are updated, at most `limit`. Not on the I/O thread.
  void drain(std::chrono::milliseconds limit);

  /// Why this server cannot take part in the cluster now; nothing if it can.
  [[nodiscard]] std::optional<std::string> trouble() const;
  /// Robots that are online at other servers.
  [[nodiscard]] std::vector<broker::RobotInfo> online_elsewhere() const;
  /// The state of a robot at another server, for pages here. Its `socket` is 0, which no robot here has.
  [[nodiscard]] broker::RobotChanged elsewhere(const signal::RobotName& robot) const;
  [[nodiscard]] std::vector<cluster::ClusterRobot> others() const { return cluster_.others(); }
  [[nodiscard]] std::optional<cluster::ClusterRobot> other(const signal::RobotName& name) const {
    return cluster_.other(name);
  }
  /// True if a robot with another credential is online under this name at another server.
  [[nodiscard]] bool is_taken(const signal::RobotName& name, const std::string& owner) const {
    return cluster_.is_taken(name, owner);
  }
  /// Prometheus text.
  [[nodiscard]] std::string metrics_text() const;
  /// Refusals to browsers here for robots elsewhere, by `signal::Refusal`.
  [[nodiscard]] const std::array<std::int64_t, signal::kRefusalCount>& refusals() const {
    return cluster_.forwarded_offers().stats().refusals;
  }

 private:
  ClusterLink(std::shared_ptr<net::IoThread> io, cluster::Cluster::Config config, Host host, LogSink log);

  void on_events(std::vector<nats::Event> events);
  void on_event(nats::Event& event);
  /// Carries out the cluster's decisions, then sets its timer.
  void pump();
  void carry_out(cluster::Action action);
  void note_trouble(std::string reason);

  const std::shared_ptr<net::IoThread> io_;
  const Host host_;
  const LogSink log_;
  const std::int64_t unix_ms_at_epoch_;
  cluster::Cluster cluster_;
  std::unordered_map<broker::RequestId, cluster::InboundOfferId> inbound_offers_;
  std::unordered_map<cluster::InboundOfferId, broker::RequestId> requests_;
  std::string trouble_ = "NATS has not been reached yet";
  std::shared_ptr<void> timer_;
  bool is_pumping_ = false;
  std::unique_ptr<nats::NatsLink> nats_;  ///< Last: destroyed first.
};

}  // namespace rtcbot::server
