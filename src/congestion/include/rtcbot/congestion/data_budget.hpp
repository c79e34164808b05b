#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// An amount of data that may be used in any interval of length `period`.
struct DataAllowance {
  DataSize size{};
  std::optional<Duration> period{};  ///< Empty: in total.
  friend bool operator==(const DataAllowance&, const DataAllowance&) = default;
};

/// "500MB/h", "2 GB/day", "10GB/month", "1.5GiB/total": kB, MB, GB, TB or KiB, MiB, GiB, TiB, per min, h, day, week,
/// month (of 30 days) or total. From 1 MB to 100 TB.  Errors: bad_config, with a sentence that shows the form.
[[nodiscard]] Result<DataAllowance> parse_data_allowance(std::string_view text);

/// A data budget as the user configures it.
struct DataBudgetSpec {
  std::string interface {};  ///< The interface whose bytes count; empty: all interfaces that were used to reach the
                             ///< server, together.
  DataAllowance allowance{};
  friend bool operator==(const DataBudgetSpec&, const DataBudgetSpec&) = default;
};

/// Parses "500MB/h", or "wwan0=500MB/h" for one interface.  Errors: bad_config, with a sentence that shows the form.
[[nodiscard]] Result<DataBudgetSpec> parse_data_budget(std::string_view text);

/// Limits the sending rate so that the allowance of a metered network lasts.
///
/// Half of the allowance may be used immediately; the other half is refilled evenly over the period. So no interval of
/// that length uses more than the allowance, and an hour's drive is not limited to the average rate of a month.
/// (Without a period, all of it may be used immediately and nothing is refilled.) As the first half is used up, the cap
/// falls smoothly towards the refill rate, so that the remainder always lasts for `horizon`. The cap never falls below
/// `floor`, so that the robot stays visible. That may exceed the allowance: `left` becomes negative, and the refill
/// first pays this back.
class DataBudget {
 public:
  struct Config {
    DataAllowance allowance{};
    DataRate floor = DataRate::kilobits_per_second(150);  ///< Enough for a moving picture.
    DataRate most = DataRate::kilobits_per_second(8000);  ///< The rate without a budget; the cap while enough is left.
    Duration horizon = std::chrono::minutes(10);          ///< Limited to a quarter of the period.
  };

  /// Starts with the full capacity.
  DataBudget(Timestamp now, Config config);

  /// Restores a stored state: the value of `left`, `ago` before now.
  void restore(Timestamp now, DataSize left, Duration ago);

  /// Records data that was sent and received.
  void use(Timestamp now, DataSize size);

  /// The amount that may be used immediately; negative if more was used than allowed.
  [[nodiscard]] DataSize left(Timestamp now);

  /// The maximum of `left`.
  [[nodiscard]] DataSize capacity() const { return capacity_; }

  /// The refill rate.
  [[nodiscard]] DataRate refill() const { return refill_; }

  /// The total rate that may be sent now.
  [[nodiscard]] DataRate cap(Timestamp now);

  /// Returns 50, 80 or 100 when that percentage of `capacity` has newly been used, only the highest. A mark can be
  /// reached again after a tenth of `capacity` has been refilled.
  [[nodiscard]] std::optional<int> take_mark(Timestamp now);

 private:
  void refill_to(Timestamp now);

  Config config_;
  DataSize capacity_;
  DataRate refill_;
  Duration horizon_;
  DataSize left_;
  Timestamp filled_at_;
  int mark_ = 0;  ///< The highest mark that was returned and is still reached.
};

}  // namespace rtcbot::congestion
