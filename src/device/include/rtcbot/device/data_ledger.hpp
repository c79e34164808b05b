#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rtcbot::device {

/// Parses the bytes received and sent by each interface since it came up from the text of /proc/net/dev (proc(5)).
/// Skips invalid lines.
[[nodiscard]] std::map<std::string, std::int64_t> bytes_by_interface(std::string_view table);

/// Counts the bytes of each interface that was ever the egress interface, from the kernel's counters. Keeps counting an
/// interface after it was replaced: packets still arrive there, and nothing is lost if it returns.
///
/// Pure: gets the text of /proc/net/dev. Not thread-safe; distinct objects are independent.
class DataLedger {
 public:
  /// Limit, because some modems create new names at each dial-up. Beyond it the interface that was least recently in
  /// use is forgotten, and its bytes count as `others`.
  static constexpr std::size_t kMaxInterfaces = 16;

  struct Entry {
    std::int64_t bytes = 0;                 ///< Bytes carried so far.
    std::optional<std::int64_t> counter{};  ///< Last value of the kernel's counter; empty: the interface did not exist.
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  /// By name.
  using Entries = std::map<std::string, Entry>;

  /// Continues from these entries. Include counters only if they are of this boot.  @pre `take` was not called yet.
  void resume(const Entries& entries, std::int64_t others);

  /// Counts this interface from now on, whether in use or not, and never forgets it.
  void watch(const std::string& interface);

  /// Returns the bytes of each interface since the last call; interfaces without traffic may be missing. Bytes before
  /// the first call do not count, except after `resume`. An interface that came up meanwhile counts from its start, as
  /// does one whose counter was reset, for example by a modem's reset.
  /// @param outbound_route the egress interface; empty: there is none.
  [[nodiscard]] std::map<std::string, std::int64_t> take(const std::string& outbound_route, std::string_view table);

  [[nodiscard]] Entries entries() const;
  [[nodiscard]] std::int64_t others() const { return others_; }

 private:
  struct Counted {
    std::int64_t bytes = 0;
    std::int64_t turn = 0;  ///< The `take` in which it was last the egress interface.
    bool is_watched = false;
  };

  Counted& count(const std::string& name);
  void forget_one();
  [[nodiscard]] std::int64_t passed(const std::string& name, std::int64_t counter) const;

  std::map<std::string, Counted> counted_;
  std::map<std::string, std::int64_t> counters_;  ///< Of all interfaces, at the last call.
  std::int64_t others_ = 0;
  std::int64_t turn_ = 0;
};

}  // namespace rtcbot::device
