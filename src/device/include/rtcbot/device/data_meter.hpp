#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "rtcbot/device/data_ledger.hpp"
#include "rtcbot/device/way_out.hpp"

namespace rtcbot::device {

/// The interface that has the address of the way out by IPv4, or where there is none, by IPv6; empty when none has.
[[nodiscard]] std::string interface_of(const WayOut& way);

/// Counts what this machine sends and receives by the interfaces of its way out, whoever it is that does. Not
/// thread-safe.
class DataMeter {
 public:
  /// Where the counts stood, to be taken up by a later process.
  struct Mark {
    DataLedger::Entries interfaces{};
    std::int64_t others = 0;
    std::string boot{};  ///< The kernel's boot id: after another boot its counters are others, and not gone on from.
    friend bool operator==(const Mark&, const Mark&) = default;
  };

  /// Goes on counting from there, as far as that is possible. @pre `take` was not called yet.
  void resume(Mark mark);

  /// Counts this interface in any case, and from now on.
  void watch(const std::string& interface) { ledger_.watch(interface); }

  /// What passed since the last call, by interface: as `DataLedger::take`.
  [[nodiscard]] std::map<std::string, std::int64_t> take(const WayOut& way);

  /// Where the last call has left off.
  [[nodiscard]] Mark mark() const;
  /// On the way out at the last call that found one; empty before that.
  [[nodiscard]] const std::string& interface() const { return interface_; }
  /// Whether the last call has found a way out.
  [[nodiscard]] bool has_way() const { return has_way_; }

 private:
  DataLedger ledger_;
  std::string interface_;
  bool has_way_ = false;
};

}  // namespace rtcbot::device
