#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "rtcbot/base/time.hpp"
#include "rtcbot/broker/deadlines.hpp"
#include "rtcbot/broker/ids.hpp"
#include "rtcbot/signal/candidate.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::broker {

/// The routes of trickled candidates between pages and robots: each from the offer until some time after its answer,
/// bounded in number each way. Pure; not thread-safe.
class CandidateRelay {
 public:
  struct Config {
    std::size_t max_per_offer = 64;                  ///< Per side; more are dropped.
    std::chrono::milliseconds after_answer{15'000};  ///< How long candidates are forwarded after the answer.
  };

  /// The robot's side of a route.
  struct Route {
    SocketId robot{};
    signal::OfferId offer{};
    friend bool operator==(const Route&, const Route&) = default;
  };

  /// Counters since construction.
  struct Stats {
    std::int64_t forwarded = 0;  ///< In both directions.
    std::int64_t dropped = 0;    ///< Too many, too late, or for an unknown offer.
  };

  explicit CandidateRelay(Config config) : config_(config) {}

  /// A page made an offer whose candidates follow.
  void begin(RequestId request, Route route);
  /// The robot has answered; no effect without a route.
  void answered(Timestamp now, RequestId request);
  /// Ends the route.  @return it; nothing if there is none
  std::optional<Route> end(RequestId request);
  /// Ends all routes of that robot.
  void robot_left(SocketId robot);

  [[nodiscard]] bool contains(RequestId request) const { return routes_.contains(request); }

  /// Counts the page's candidates, and shortens the list to those that may be forwarded.
  /// @return the recipient; nothing if nothing is to be sent
  [[nodiscard]] std::optional<Route> from_page(RequestId request, std::vector<signal::Candidate>& candidates, bool end);
  /// The same for a robot's candidates.
  [[nodiscard]] std::optional<RequestId> from_robot(Route route, std::vector<signal::Candidate>& candidates, bool end);

  void handle_timeout(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const { return deadlines_.next(); }

  [[nodiscard]] const Stats& stats() const { return stats_; }

 private:
  struct Entry {
    Route route;
    std::size_t from_page = 0;
    std::size_t from_robot = 0;
  };

  [[nodiscard]] std::optional<RequestId> request_of(Route route) const;
  /// Shortens the list to those within the limit; `passed`: how many were forwarded that way before.
  void limit(std::size_t& passed, std::vector<signal::Candidate>& candidates);

  const Config config_;
  std::unordered_map<RequestId, Entry> routes_;
  std::unordered_map<SocketId, std::map<signal::OfferId, RequestId>> by_robot_;
  Deadlines<RequestId> deadlines_;  ///< Of answered offers.
  Stats stats_;
};

}  // namespace rtcbot::broker
