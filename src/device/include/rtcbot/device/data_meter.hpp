#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "rtcbot/device/data_ledger.hpp"
#include "rtcbot/device/outbound_route.hpp"

namespace rtcbot::device {

/// The interface that has the route's IPv4 address, or without one its IPv6 address; empty if no interface has it.
[[nodiscard]] std::string interface_of(const OutboundRoute& route);

/// Counts the bytes that this machine sends and receives, by any program, on its egress interfaces. Not thread-safe.
class DataMeter {
 public:
  /// The counts at one time, from which a later process continues.
  struct Mark {
    DataLedger::Entries interfaces{};
    std::int64_t others = 0;
    std::string boot{};  ///< The kernel's boot id: counters of another boot are not continued.
    friend bool operator==(const Mark&, const Mark&) = default;
  };

  /// Continues from the mark, as far as possible.  @pre `take` was not called yet.
  void resume(Mark mark);

  /// Counts this interface from now on in any case.
  void watch(const std::string& interface) { ledger_.watch(interface); }

  /// The bytes since the last call, by interface: as in `DataLedger::take`.
  [[nodiscard]] std::map<std::string, std::int64_t> take(const OutboundRoute& route);

  /// The counts after the last call of `take`.
  [[nodiscard]] Mark mark() const;
  /// The egress interface at the last call that found one; empty before that.
  [[nodiscard]] const std::string& interface() const { return interface_; }
  /// True if the last call found an egress interface.
  [[nodiscard]] bool has_route() const { return has_route_; }

 private:
  DataLedger ledger_;
  std::string interface_;
  bool has_route_ = false;
};

}  // namespace rtcbot::device
