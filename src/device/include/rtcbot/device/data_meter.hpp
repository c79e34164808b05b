#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rtcbot/base/units.hpp"
#include "rtcbot/device/way_out.hpp"

namespace rtcbot::device {

/// Bytes received and sent by an interface since it came up, out of the text of /proc/net/dev (proc(5)); empty: it is
/// not there.
[[nodiscard]] std::optional<std::int64_t> bytes_of(std::string_view table, std::string_view interface);

/// The interface that has one of these addresses; empty when none has.
[[nodiscard]] std::string interface_of(const WayOut& way);

/// Counts what this machine sends and receives by the interface of its way out, whoever it is that does. Not
/// thread-safe.
class DataMeter {
 public:
  /// Where a count stood, to be taken up by a later process of the same boot.
  struct Mark {
    std::string interface {};
    std::int64_t bytes = 0;
    std::string boot{};  ///< The kernel's boot id: after another boot its counters are others.
    friend bool operator==(const Mark&, const Mark&) = default;
  };

  /// Goes on counting from there, where that is possible.
  void resume(const Mark& mark);

  /// What passed since the last call; nothing when the way out is another one than then. A counter that began anew, as
  /// after a modem's reset, counts from its begin.
  [[nodiscard]] DataSize take(const WayOut& way);

  /// Where the last call has left off.
  [[nodiscard]] Mark mark() const;
  [[nodiscard]] const std::string& interface() const { return interface_; }

 private:
  std::string interface_;
  std::optional<std::int64_t> last_;
};

}  // namespace rtcbot::device
