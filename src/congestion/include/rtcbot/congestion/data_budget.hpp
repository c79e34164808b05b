#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// So much data in any stretch of time of that length.
struct DataAllowance {
  DataSize size{};
  std::optional<Duration> period{};  ///< Empty: in all.
  friend bool operator==(const DataAllowance&, const DataAllowance&) = default;
};

/// "500MB/h", "2 GB/day", "10GB/month", "1.5GiB/total": kB, MB, GB, TB or KiB, MiB, GiB, TiB, per min, h, day, week,
/// month (of 30 days) or total. From 1 MB to 100 TB.  Errors: bad_config, with a sentence that shows the form.
[[nodiscard]] Result<DataAllowance> parse_data_allowance(std::string_view text);

/// What is said of a metered network.
struct DataBudgetWish {
  std::string interface {};  ///< Whose bytes count; empty: of all that were on the way to the server, together.
  DataAllowance allowance{};
  friend bool operator==(const DataBudgetWish&, const DataBudgetWish&) = default;
};

/// "500MB/h", or "wwan0=500MB/h" for one interface alone.  Errors: bad_config, with a sentence that shows the form.
[[nodiscard]] Result<DataBudgetWish> parse_data_budget(std::string_view text);

/// What may be sent so that an allowance of a metered network lasts.
///
/// Half of it may be used at once, as it comes; the other half comes back evenly over the period. So no stretch of time
/// as long as the period sees more than the allowance, whenever it begins, and an hour's drive of a month's allowance
/// is not held to a month's average. As the first half runs out the cap sinks smoothly towards the rate at which the
/// other comes back: what is left is always to last for `horizon`. Below `floor` the cap never goes: a robot must be
/// seen. Then more is used than allowed, which `left` shows, and which is paid back first.
///
/// Pure: no clock, no I/O. Not thread-safe; distinct objects are independent.
/// @pre of all functions: `now` is not before any earlier `now` given to this object.
class DataBudget {
 public:
  struct Config {
    DataAllowance allowance{};
    DataRate floor = DataRate::kilobits_per_second(150);  ///< A moving picture.
    DataRate most =
        DataRate::kilobits_per_second(8000);  ///< What would be sent without a budget; the cap while there is plenty.
    Duration horizon = std::chrono::minutes(10);  ///< At most a quarter of the period is used.
  };

  /// All of the first half is there.
  DataBudget(Timestamp now, Config config);

  /// Goes on from what `left` was `ago`, as told by a file.
  void restore(Timestamp now, DataSize left, Duration ago);

  /// So much was sent and received.
  void use(Timestamp now, DataSize size);

  /// What may be used at once; negative if more was used than allowed.
  [[nodiscard]] DataSize left(Timestamp now);

  /// The most that `left` can be.
  [[nodiscard]] DataSize capacity() const { return capacity_; }

  /// At what rate it comes back.
  [[nodiscard]] DataRate refill() const { return refill_; }

  /// What may be sent now, all in all.
  [[nodiscard]] DataRate cap(Timestamp now);

  /// How much of `capacity` is used, in percent: 50, 80 or 100, whenever one of them is reached anew, the highest only.
  /// It can be reached again after a tenth of `capacity` has come back.
  [[nodiscard]] std::optional<int> take_mark(Timestamp now);

 private:
  void refill_to(Timestamp now);

  Config config_;
  DataSize capacity_;
  DataRate refill_;
  Duration horizon_;
  DataSize left_;
  Timestamp filled_at_;
  int mark_ = 0;  ///< The highest that was told and still stands.
};

}  // namespace rtcbot::congestion
