#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::linklab {

/// When a link could carry something: a list of opportunities of 1504 bytes each, which repeats at its end.
///
/// Format and meaning are mahimahi's: a text of one millisecond a line, ascending; a line repeated is a second
/// opportunity in that millisecond; the last line is the length of a lap. Immutable, thus thread-safe.
class Trace {
 public:
  /// The size of one opportunity: a packet of 1500 bytes and a link header.
  static constexpr DataSize kOpportunity = DataSize::bytes(1504);

  /// Errors: `bad_config` when there are none, when they descend, when the last is not above zero, or above a week.
  [[nodiscard]] static Result<Trace> create(std::vector<std::int64_t> opportunities_ms);

  /// How long a lap is.
  [[nodiscard]] Duration period() const;

  /// Opportunities in (0, since_zero], over as many laps as that takes. None for a time that is not positive.
  [[nodiscard]] std::int64_t count_until(Duration since_zero) const;

  /// The time of the first opportunity after `since_zero`.  @pre not negative.
  [[nodiscard]] Duration next_after(Duration since_zero) const;

  /// Over a lap.
  [[nodiscard]] DataRate mean_rate() const;

  /// Ascending, in milliseconds.
  [[nodiscard]] const std::vector<std::int64_t>& opportunities_ms() const { return opportunities_ms_; }

  friend bool operator==(const Trace&, const Trace&) = default;

 private:
  explicit Trace(std::vector<std::int64_t> opportunities_ms) : opportunities_ms_(std::move(opportunities_ms)) {}

  std::vector<std::int64_t> opportunities_ms_;  ///< Never empty.
};

/// Reads mahimahi's format; empty lines are skipped. Errors: `bad_config`, with the line that is wrong and why.
[[nodiscard]] Result<Trace> parse_trace(std::string_view text);

/// Writes it: what `parse_trace` reads back as the same trace.
[[nodiscard]] std::string format_trace(const Trace& trace);

}  // namespace rtcbot::linklab
