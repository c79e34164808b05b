#include "data_budget_monitor.hpp"

#include <algorithm>
#include <utility>

#include "rtcbot/runtime/clock.hpp"
#include "rtcbot/runtime/state_file.hpp"
#include "rtcbot/runtime/whole_file.hpp"

namespace rtcbot {

namespace {

constexpr Duration kSaveEvery = std::chrono::seconds(15);

std::string shown_path(const std::filesystem::path& path) { return std::string("'").append(path.string()).append("'"); }

/// Above this rate the traffic is a viewer's video at its lowest bitrate; a machine's background traffic stays below.
constexpr DataRate kIdle = DataRate::kilobits_per_second(64);
constexpr Duration kBusyFor = std::chrono::seconds(10);

std::optional<std::int64_t> whole_number(const Json& state, const char* key) {
  if (!state.is_object() || !state.contains(key) || !state[key].is_number_integer()) return std::nullopt;
  return state[key].get<std::int64_t>();
}

std::string text_in(const Json& state, const char* key) {
  const Json text = state.value(key, Json());
  return text.is_string() ? text.get<std::string>() : std::string();
}

device::DataMeter::Mark mark_in(const Json& state) {
  device::DataMeter::Mark mark{.boot = text_in(state, "boot")};
  // Files of earlier versions hold one interface and only its counter.
  if (const auto counter = whole_number(state, "counter"))
    mark.interfaces[text_in(state, "interface")].counter = counter;
  mark.interfaces.erase("");
  const Json interfaces = state.value("interfaces", Json());
  if (!interfaces.is_object()) return mark;
  for (const auto& [name, entry] : interfaces.items()) {
    mark.interfaces[name] = {.bytes = std::max<std::int64_t>(0, whole_number(entry, "bytes").value_or(0)),
                             .counter = whole_number(entry, "counter")};
  }
  mark.others = std::max<std::int64_t>(0, whole_number(state, "others").value_or(0));
  return mark;
}

std::string megabytes(DataSize size) { return std::to_string(size.bytes() / 1'000'000) + " MB"; }

}  // namespace

Result<std::unique_ptr<DataBudgetMonitor>> DataBudgetMonitor::make(Timestamp now, const Robot::Options& options,
                                                                   LogSink log) {
  std::unique_ptr<DataBudgetMonitor> monitor(new DataBudgetMonitor(std::move(log)));
  if (options.data_budget.empty()) return monitor;
  const auto wanted = congestion::parse_data_budget(options.data_budget);
  if (!wanted) return fail(wanted.error());
  std::filesystem::path file(options.data_budget_file);
  if (file.empty()) file = runtime::state_file("data-budget", options.name);
  if (file.empty()) {
    return fail(
        Errc::bad_config,
        "neither XDG_STATE_HOME nor HOME names a folder for the data budget; name a file with --data-budget-file");
  }
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored) && !std::filesystem::is_regular_file(file, ignored)) {
    return fail(Errc::bad_config, "--data-budget-file: '" + file.string() + "' is not a file");
  }
  const congestion::DataBudget::Config config{
      .allowance = wanted->allowance,
      .floor = options.connection.min_bitrate,
      .most = options.connection.max_bitrate * static_cast<double>(options.max_viewers)};
  monitor->begin_budget(now, {options.data_budget, wanted->interface, std::move(file), config});
  return monitor;
}

DataBudgetMonitor::DataBudgetMonitor(LogSink log) : log_(std::move(log)) { use_.since_ms = runtime::unix_time_ms(); }

void DataBudgetMonitor::begin_budget(Timestamp now, Spec spec) {
  spec_ = std::move(spec);
  saved_at_ = now - kSaveEvery;
  budget_.emplace(now, spec_.config);
  if (!spec_.interface.empty()) meter_.watch(spec_.interface);
  load(now);
  count(now);
  use_.limit = budget_->cap(now);
  log_({LogLevel::info, "data",
        "data budget " + spec_.text + ": " + megabytes(budget_->left(now)) + " are available now, and " +
            std::to_string(budget_->refill().kilobits_per_second()) + " kbit/s are added"});
}

void DataBudgetMonitor::load(Timestamp now) {
  const auto text = runtime::read_whole_file(spec_.file);
  if (!text) return;  // The first run.
  const Json state = Json::parse(*text, nullptr, false);
  if (!whole_number(state, "left") || !whole_number(state, "at_ms")) {
    log_({LogLevel::warning, "data", shown_path(spec_.file) + " is damaged; the budget starts full"});
    return;
  }
  // A changed budget starts full.
  if (state.value("budget", Json()) != spec_.text) return;
  const auto ago = std::chrono::milliseconds(runtime::unix_time_ms() - *whole_number(state, "at_ms"));
  budget_->restore(now, DataSize::bytes(*whole_number(state, "left")), ago);
  use_.since_ms = whole_number(state, "since_ms").value_or(use_.since_ms);
  meter_.resume(mark_in(state));
}

void DataBudgetMonitor::save() {
  if (!budget_) return;
  const auto mark = meter_.mark();
  Json interfaces = Json::object();
  for (const auto& [name, entry] : mark.interfaces) {
    interfaces[name] = {{"bytes", entry.bytes}};
    if (entry.counter) interfaces[name]["counter"] = *entry.counter;
  }
  const Json state{{"budget", spec_.text},
                   {"left", *use_.bytes_left},
                   {"at_ms", runtime::unix_time_ms()},
                   {"since_ms", use_.since_ms},
                   {"interfaces", std::move(interfaces)},
                   {"others", mark.others},
                   {"boot", mark.boot}};
  const bool is_saved = runtime::write_whole_file(spec_.file, state.dump() + "\n");
  if (!is_saved && may_save_) {
    log_({LogLevel::warning, "data",
          shown_path(spec_.file) + " cannot be written: after a restart the budget starts full"});
  }
  may_save_ = is_saved;
}

void DataBudgetMonitor::count(Timestamp now) {
  const auto mark = meter_.mark();
  use_.interface = meter_.interface();
  use_.interfaces.clear();
  use_.bytes_used = mark.others;
  for (const auto& [name, entry] : mark.interfaces) {
    use_.interfaces[name] = entry.bytes;
    use_.bytes_used += entry.bytes;
  }
  if (budget_) use_.bytes_left = budget_->left(now).bytes();
}

void DataBudgetMonitor::update(Timestamp now, const device::OutboundRoute& route) {
  std::int64_t passed = 0;
  for (const auto& [name, bytes] : meter_.take(route)) {
    if (spec_.interface.empty() || name == spec_.interface) passed += bytes;
  }
  if (budget_) budget_->use(now, DataSize::bytes(passed));
  count(now);
  if (!budget_) return;
  use_.limit.reset();
  if (is_limited(now, passed)) use_.limit = budget_->cap(now);
  updated_at_ = now;
  tell(now);
  if (now - saved_at_ < kSaveEvery) return;
  saved_at_ = now;
  save();
}

bool DataBudgetMonitor::is_limited(Timestamp now, std::int64_t passed) {
  if (spec_.interface.empty() || !meter_.has_route() || meter_.interface() == spec_.interface) return true;
  // Another interface carries the route to the server. A tunnel still uses the budgeted interface, and a viewer's
  // connection may use it for a while.
  if (DataSize::bytes(passed) > kIdle * (now - updated_at_)) busy_until_ = now + kBusyFor;
  return now < busy_until_;
}

void DataBudgetMonitor::tell(Timestamp now) {
  const auto mark = budget_->take_mark(now);
  if (!mark) return;
  const std::string limit = std::to_string(budget_->cap(now).kilobits_per_second()) + " kbit/s";
  if (*mark < 100) {
    log_({LogLevel::info, "data",
          std::to_string(*mark) + " % of the burst of data budget " + spec_.text +
              " is used; all viewers together get " + limit + " for now"});
  } else {
    log_({LogLevel::warning, "data",
          "the data budget of " + spec_.text + " is spent; all viewers together get " + limit +
              ", the lowest rate for a moving picture, until some of it is available again"});
  }
}

}  // namespace rtcbot
