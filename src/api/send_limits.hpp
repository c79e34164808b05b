#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "rtcbot/base/units.hpp"
#include "rtcbot/session/session.hpp"

namespace rtcbot {

/// Divides a send limit for all viewers of a robot among their connections, in equal parts. Pure; not thread-safe.
class SendLimits {
 public:
  /// @param min, max of one connection.
  SendLimits(DataRate min, DataRate max) : min_(min), max_(max) {}

  /// The limit of all connections together; empty: none.
  void set_total(std::optional<DataRate> total) { total_ = total; }

  /// The limit of each of `viewers` connections.
  [[nodiscard]] DataRate share(std::size_t viewers) const;

  /// Returns the connections whose limit has changed by at least 2 %, and their new limit.
  [[nodiscard]] std::vector<std::pair<session::ViewerId, DataRate>> update(
      const std::vector<session::ViewerId>& connected);

 private:
  const DataRate min_;
  const DataRate max_;
  std::optional<DataRate> total_;
  std::map<session::ViewerId, DataRate> sent_;  ///< As `update` returned it.
};

}  // namespace rtcbot
