#include "rtcbot-robot/estimate_file.hpp"

#include <algorithm>
#include <fstream>
#include <utility>

#include "rtcbot/device/data_meter.hpp"
#include "rtcbot/device/outbound_route.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "rtcbot/runtime/state_file.hpp"
#include "rtcbot/runtime/whole_file.hpp"

namespace rtcbot::app {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kCheckInterval{2'000};
constexpr std::int64_t kSaveEveryMs = 15'000;  // Rarely, because many robots write to a card that wears out.

/// The host of a server's address; without the brackets of an IPv6 address.
std::string host_of(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  if (url.starts_with('[')) return std::string(url.substr(1, url.find(']') - 1));
  return std::string(url.substr(0, url.find_first_of(":/?")));
}

}  // namespace

EstimateFile::EstimateFile(const std::string& file, const std::string& name, const std::string& server, LogSink log)
    : host_(host_of(server)), log_(std::move(log)) {
  if (file != "none") file_ = file == "auto" ? runtime::state_file("rate", name) : std::filesystem::path(file);
  if (!file_.empty()) load();
}

EstimateFile::~EstimateFile() { stop(); }

void EstimateFile::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  ended_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void EstimateFile::load() {
  std::ifstream file(file_);
  if (!file) return;  // The first run.
  const Json state = Json::parse(file, nullptr, false);
  const auto number = [&](const char* key) { return state.contains(key) && state[key].is_number_integer(); };
  if (!state.is_object() || !number("estimate") || !number("at_ms") || !state.value("way", Json()).is_string()) {
    log_({LogLevel::warning, "robot",
          std::string("'").append(file_.string()).append("' is damaged; the bitrate starts as configured")});
    return;
  }
  // Rejects impossible rates; the limits of the configuration apply in addition.
  constexpr std::int64_t kMax = 1'000'000'000;
  const auto estimate = std::clamp<std::int64_t>(state["estimate"].get<std::int64_t>(), 0, kMax);
  const Json interface = state.value("interface", Json());
  earlier_ = Kept{DataRate::bits_per_second(estimate),
                  state["at_ms"].get<std::int64_t>(),
                  {interface.is_string() ? interface.get<std::string>() : "", state["way"].get<std::string>()}};
}

DataRate EstimateFile::start(DataRate configured) const {
  if (!earlier_) return configured;
  const milliseconds age(runtime::unix_time_ms() - earlier_->at_ms);
  const DataRate start = congestion::start_from({earlier_->estimate, age, earlier_->egress}, egress(), configured);
  if (start != configured) {
    log_({LogLevel::info, "robot",
          "the bitrate starts at " + std::to_string(start.kilobits_per_second()) +
              " kbit/s, because this path carried " + std::to_string(earlier_->estimate.kilobits_per_second()) +
              " kbit/s before the restart"});
  }
  return start;
}

congestion::Egress EstimateFile::egress() const {
  const device::OutboundRoute now = device::outbound_route(host_);
  return {device::interface_of(now), now.ipv4.empty() ? now.ipv6 : now.ipv4};
}

void EstimateFile::watch(const Robot& robot) {
  if (file_.empty() || thread_.joinable()) return;
  thread_ = std::thread([this, &robot] { run(robot); });
}

void EstimateFile::run(const Robot& robot) {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, kCheckInterval, [this] { return is_closed_; })) {
    lock.unlock();
    look(robot);
    lock.lock();
  }
  if (newest_) save();
}

void EstimateFile::look(const Robot& robot) {
  // The best estimate: all viewers share one outbound route, and a distant viewer's estimate says less about it.
  DataRate best;
  for (const auto& viewer : robot.viewers()) {
    const auto stats = viewer.stats();
    if (!stats.uplink || stats.state != ConnectionState::connected || stats.uplink->delivered <= DataRate()) continue;
    best = std::max(best, stats.uplink->estimate);
  }
  if (best <= DataRate()) return;
  const std::int64_t now = runtime::unix_time_ms();
  const bool is_due = !newest_ || now - saved_at_ms_ >= kSaveEveryMs;
  newest_ = Kept{best, now, egress()};
  if (!is_due) return;
  saved_at_ms_ = now;
  save();
}

void EstimateFile::save() const {
  const Json state{{"estimate", newest_->estimate.bits_per_second()},
                   {"at_ms", newest_->at_ms},
                   {"interface", newest_->egress.interface},
                   {"way", newest_->egress.address}};
  // If it cannot be written, only the start is slower.
  (void)runtime::write_whole_file(file_, state.dump() + "\n");
}

}  // namespace rtcbot::app
