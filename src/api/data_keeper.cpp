#include "data_keeper.hpp"

#include <fstream>
#include <utility>

#include "rtcbot/runtime/clock.hpp"
#include "rtcbot/runtime/state_file.hpp"
#include "rtcbot/runtime/whole_file.hpp"

namespace rtcbot {

namespace {

constexpr Duration kSaveEvery = std::chrono::seconds(15);

std::string quoted(const std::filesystem::path& path) { return std::string("'").append(path.string()).append("'"); }

std::string megabytes(DataSize size) { return std::to_string(size.bytes() / 1'000'000) + " MB"; }

}  // namespace

Result<std::unique_ptr<DataKeeper>> DataKeeper::make(Timestamp now, const Robot::Options& options, LogSink log) {
  if (options.data_budget.empty()) return std::unique_ptr<DataKeeper>();
  const auto allowance = congestion::parse_data_allowance(options.data_budget);
  if (!allowance) return fail(allowance.error());
  std::filesystem::path file(options.data_budget_file);
  if (file.empty()) file = runtime::state_file("data-budget", options.name);
  if (file.empty()) {
    return fail(Errc::bad_config,
                "there is no home for what is left of the data budget; name a file with --data-budget-file");
  }
  const congestion::DataBudget::Config config{
      .allowance = *allowance,
      .floor = options.connection.min_bitrate,
      .most = options.connection.max_bitrate * static_cast<double>(options.max_viewers)};
  return std::unique_ptr<DataKeeper>(new DataKeeper(now, config, options.data_budget, std::move(file), std::move(log)));
}

DataKeeper::DataKeeper(Timestamp now, congestion::DataBudget::Config config, std::string text,
                       std::filesystem::path file, LogSink log)
    : budget_(now, config),
      text_(std::move(text)),
      file_(std::move(file)),
      log_(std::move(log)),
      saved_at_(now - kSaveEvery) {
  load(now);
  use_.bytes_left = budget_.left(now).bytes();
  use_.limit = budget_.cap(now);
  log_({LogLevel::info, "data",
        "of " + text_ + ", " + megabytes(budget_.left(now)) + " may be used at once, and " +
            std::to_string(budget_.refill().kilobits_per_second()) + " kbit/s come back"});
}

void DataKeeper::load(Timestamp now) {
  std::ifstream file(file_);
  if (!file) return;  // The first time.
  const Json state = Json::parse(file, nullptr, false);
  const auto number = [&](const char* key) { return state.contains(key) && state[key].is_number_integer(); };
  if (!state.is_object() || !number("left") || !number("at_ms") || !number("counter")) {
    log_({LogLevel::warning, "data", quoted(file_) + " makes no sense; the budget begins anew"});
    return;
  }
  // Who changes the budget begins with the new one.
  if (state.value("budget", Json()) != text_) return;
  const auto ago = std::chrono::milliseconds(runtime::unix_time_ms() - state["at_ms"].get<std::int64_t>());
  budget_.restore(now, DataSize::bytes(state["left"].get<std::int64_t>()), ago);
  const Json interface = state.value("interface", Json()), boot = state.value("boot", Json());
  if (interface.is_string() && boot.is_string()) {
    meter_.resume({interface.get<std::string>(), state["counter"].get<std::int64_t>(), boot.get<std::string>()});
  }
}

void DataKeeper::save() {
  const auto mark = meter_.mark();
  const Json state{{"budget", text_},
                   {"left", use_.bytes_left},
                   {"at_ms", runtime::unix_time_ms()},
                   {"interface", mark.interface},
                   {"counter", mark.bytes},
                   {"boot", mark.boot}};
  const bool is_saved = runtime::write_whole_file(file_, state.dump() + "\n");
  if (!is_saved && may_save_) {
    log_({LogLevel::warning, "data", quoted(file_) + " cannot be written: after a restart the budget begins anew"});
  }
  may_save_ = is_saved;
}

void DataKeeper::update(Timestamp now, const device::WayOut& way) {
  const DataSize passed = meter_.take(way);
  budget_.use(now, passed);
  use_.interface = meter_.interface();
  use_.bytes_used += passed.bytes();
  use_.bytes_left = budget_.left(now).bytes();
  use_.limit = budget_.cap(now);
  tell(now);
  if (now - saved_at_ < kSaveEvery) return;
  saved_at_ = now;
  save();
}

void DataKeeper::tell(Timestamp now) {
  const auto mark = budget_.take_mark(now);
  if (!mark) return;
  const std::string limit = std::to_string(use_.limit.kilobits_per_second()) + " kbit/s";
  if (*mark < 100) {
    log_({LogLevel::info, "data",
          std::to_string(*mark) + " % of what may be used at once of " + text_ + " is used; all viewers together get " +
              limit + " for now"});
  } else {
    log_({LogLevel::warning, "data",
          "the data budget of " + text_ + " is spent; all viewers together get " + limit +
              ", the least that shows a moving picture, until some of it has come back"});
  }
}

}  // namespace rtcbot
