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

/// Counts what a robot's machine sends and receives, and keeps its data budget, if it has one: reads the counters of
/// the machine, tells what may be sent, says when much is used, and writes down what is left, so that neither a restart
/// nor a crash gives it anew. Not thread-safe.
class DataBudgetMonitor {
 public:
  /// Errors: bad_config (the budget's form; no place for the file).
  [[nodiscard]] static Result<std::unique_ptr<DataBudgetMonitor>> make(Timestamp now, const Robot::Options& options,
                                                                       LogSink log);
  ~DataBudgetMonitor() = default;
  DataBudgetMonitor(const DataBudgetMonitor&) = delete;
  DataBudgetMonitor& operator=(const DataBudgetMonitor&) = delete;

  /// Counts what has passed by this way since the last call. To be called about once a second; with a budget it writes
  /// the file at the first call, so that what a robot uses that is killed soon is counted by the next, and then now and
  /// again.
  void update(Timestamp now, const device::WayOut& way);
  /// Writes the file now, if there is one: the robot ends.
  void save();

  [[nodiscard]] const Robot::DataUse& use() const { return use_; }
  [[nodiscard]] bool has_budget() const { return budget_.has_value(); }

 private:
  /// What is asked for, and where it is kept.
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
  Timestamp busy_until_;  ///< Until then the interface that has the budget is held to be in use.
  bool may_save_ = true;  ///< The last time it could be written, or none was yet.
};

}  // namespace rtcbot
