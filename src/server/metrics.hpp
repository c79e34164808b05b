#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "cluster_link.hpp"
#include "page_sockets.hpp"
#include "pending_offers.hpp"
#include "refusals.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot::server {

/// The server's statistics as Prometheus reads them. Used only on the I/O thread.
class Metrics {
 public:
  /// The parts that count. All must outlive this object.
  struct Sources {
    const broker::Broker& broker;
    const PageSockets& pages;
    const PendingOffers& offers;
    const Refusals& refusals;
    /// Log lines that strangers could cause and that were not written, besides those of the parts above.
    std::function<std::int64_t()> log_lines_suppressed{};
  };
  /// @param started_at when the server started
  Metrics(Sources sources, Timestamp started_at) : sources_(std::move(sources)), started_at_(started_at) {}

  /// Prometheus' text format, version 0.0.4. `http`: of the server's port. `cluster`: null for a single server.
  [[nodiscard]] std::string text(Timestamp now, const net::HttpServerStats& http, const ClusterLink* cluster) const;

 private:
  Sources sources_;
  Timestamp started_at_;
};

}  // namespace rtcbot::server
