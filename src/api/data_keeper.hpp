#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "rtcbot/base/log.hpp"
#include "rtcbot/congestion/data_budget.hpp"
#include "rtcbot/device/data_meter.hpp"
#include "rtcbot/robot.hpp"

namespace rtcbot {

/// Keeps a robot's data budget: reads the counters of the machine, tells what may be sent, says when much is used, and
/// writes down what is left, so that neither a restart nor a crash gives it anew. Not thread-safe.
class DataKeeper {
 public:
  /// Null without a budget.  Errors: bad_config (the budget's form; no place for the file).
  [[nodiscard]] static Result<std::unique_ptr<DataKeeper>> make(Timestamp now, const Robot::Options& options,
                                                                LogSink log);
  ~DataKeeper() = default;
  DataKeeper(const DataKeeper&) = delete;
  DataKeeper& operator=(const DataKeeper&) = delete;

  /// Counts what has passed by this way since the last call. To be called about once a second; writes the file at the
  /// first call, so that what a robot uses that is killed soon is counted by the next, and then now and again.
  void update(Timestamp now, const device::WayOut& way);
  /// Writes the file now: the robot ends.
  void save();

  [[nodiscard]] const Robot::DataUse& use() const { return use_; }

 private:
  DataKeeper(Timestamp now, congestion::DataBudget::Config config, std::string text, std::filesystem::path file,
             LogSink log);
  void load(Timestamp now);
  void tell(Timestamp now);

  congestion::DataBudget budget_;
  const std::string text_;
  const std::filesystem::path file_;
  const LogSink log_;
  device::DataMeter meter_;
  Robot::DataUse use_;
  Timestamp saved_at_;
  bool may_save_ = true;  ///< The last time it could be written, or none was yet.
};

}  // namespace rtcbot
