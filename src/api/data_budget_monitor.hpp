#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "rtcbot/base/log.hpp"
#include "rtcbot/congestion/data_budget.hpp"
#include "rtcbot/device/data_meter.hpp"
#include "rtcbot/robot.hpp"

namespace rtcbot {

/// Counts the bytes that a robot's machine sends and receives, and enforces the data budget, if there is one. Reads the
/// machine's counters, computes the send limit, and logs when much of the budget is used. Stores the rest on disk, so
/// that neither a restart nor a crash resets the budget. Not thread-safe.
class DataBudgetMonitor {
 public:
  /// Errors: bad_config (form of the budget; no place for the file).
  [[nodiscard]] static Result<std::unique_ptr<DataBudgetMonitor>> make(Timestamp now, const Robot::Options& options,
                                                                       LogSink log);
  ~DataBudgetMonitor() = default;
  DataBudgetMonitor(const DataBudgetMonitor&) = delete;
  DataBudgetMonitor& operator=(const DataBudgetMonitor&) = delete;

  /// Counts the bytes since the last call; call it about once a second. With a budget the first call writes the file,
  /// so that the use of a robot that is killed soon is counted by its next start. Later calls write it periodically.
  void update(Timestamp now, const device::OutboundRoute& route);
  /// Writes the file now, if there is one. For the end of the program.
  void save();

  [[nodiscard]] const Robot::DataUse& use() const { return use_; }
  [[nodiscard]] bool has_budget() const { return budget_.has_value(); }

 private:
  /// The requested budget, and its file.
  struct Spec {
    std::string text;
    std::string interface;
    std::filesystem::path file;
    congestion::DataBudget::Config config;
  };

  explicit DataBudgetMonitor(LogSink log);
  void begin_budget(Timestamp now, Spec spec);
  void load(Timestamp now);
  void tell(Timestamp now);
  void count(Timestamp now);
  [[nodiscard]] bool is_limited(Timestamp now, std::int64_t passed);

  const LogSink log_;
  device::DataMeter meter_;
  std::optional<congestion::DataBudget> budget_;
  Spec spec_;
  Robot::DataUse use_;
  Timestamp updated_at_, saved_at_;
  Timestamp busy_until_;  ///< Until then the budgeted interface counts as in use.
  bool may_save_ = true;  ///< The last write succeeded, or there was none yet.
};

}  // namespace rtcbot
