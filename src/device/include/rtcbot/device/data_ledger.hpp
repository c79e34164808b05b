#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rtcbot::device {

/// Bytes received and sent by each interface since it came up, out of the text of /proc/net/dev (proc(5)). Lines that
/// make no sense are left out.
[[nodiscard]] std::map<std::string, std::int64_t> bytes_by_interface(std::string_view table);

/// What each interface has carried that was ever the way out, from the kernel's counters. It goes on counting one that
/// is the way out no more: what is on its way there still arrives, and a way that comes back has lost nothing.
///
/// Pure: given the text of /proc/net/dev. Not thread-safe; distinct objects are independent.
class DataLedger {
 public:
  /// Names are made up anew by some modems with each dialling; of more than these the one that was the way out least
  /// lately is forgotten, and its bytes count as `others`.
  static constexpr std::size_t kMostInterfaces = 16;

  struct Entry {
    std::int64_t bytes = 0;                 ///< That it has carried.
    std::optional<std::int64_t> counter{};  ///< Where the kernel's counter stood last; empty: it was not there.
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  /// By name.
  using Entries = std::map<std::string, Entry>;

  /// Goes on from there. With counters only where they are of this boot. @pre `take` was not called yet.
  void resume(const Entries& entries, std::int64_t others);

  /// Counts this interface from now on, the way out or not, and never forgets it.
  void watch(const std::string& interface);

  /// What each interface has carried since the last call; those that carried nothing may be missing. What was before
  /// the first call is not ours, but for what `resume` said. An interface that came up since counts from its begin, as
  /// does one whose counter began anew, as after a modem's reset.
  /// @param way_out the interface on the way out; empty: there is none.
  [[nodiscard]] std::map<std::string, std::int64_t> take(const std::string& way_out, std::string_view table);

  [[nodiscard]] Entries entries() const;
  [[nodiscard]] std::int64_t others() const { return others_; }

 private:
  struct Counted {
    std::int64_t bytes = 0;
    std::int64_t turn = 0;  ///< Of `take`, in which it was the way out last.
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
