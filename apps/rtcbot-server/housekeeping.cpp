#include "rtcbot-server/housekeeping.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace rtcbot::app {
namespace {

constexpr std::chrono::milliseconds kInterval{500};

/// Changes when a file is written or replaced, or when a link to it changes.
std::string stamp_of(const std::vector<std::string>& files) {
  std::string stamp;
  for (const auto& file : files) {
    struct stat about {};
    if (stat(file.c_str(), &about) != 0) about = {};
    for (const auto number :
         {static_cast<std::int64_t>(about.st_ino), static_cast<std::int64_t>(about.st_size),
          static_cast<std::int64_t>(about.st_mtim.tv_sec), static_cast<std::int64_t>(about.st_mtim.tv_nsec)}) {
      stamp.append(std::to_string(number)).append(" ");
    }
  }
  return stamp;
}

}  // namespace

void Housekeeping::watch(std::string what, std::vector<std::string> files, std::function<Result<void>()> read) {
  if (!reload_) reload_ = std::make_unique<runtime::ReloadSignal>();
  auto stamp = stamp_of(files);
  watched_.push_back({std::move(what), std::move(files), std::move(read), std::move(stamp)});
}

void Housekeeping::run(const runtime::StopSignal& stop) {
  auto interval = kInterval;
  if (const auto limit = parts_.manager->watchdog()) {
    interval = std::min(interval, std::max(std::chrono::duration_cast<std::chrono::milliseconds>(*limit / 3),
                                           std::chrono::milliseconds(1)));
  }
  while (!stop.wait_for(interval)) {
    const bool is_asked = reload_ && reload_->take();
    for (auto& watched : watched_) look_after(watched, is_asked);
    feed_watchdog();
  }
}

void Housekeeping::look_after(Watched& watched, bool is_asked) {
  auto stamp = stamp_of(watched.files);
  if (stamp == watched.stamp && !is_asked) return;
  watched.stamp = std::move(stamp);
  const auto read = watched.read();
  if (!parts_.log) return;
  if (read) return parts_.log({LogLevel::info, "server", "reloaded " + watched.what});
  parts_.log({LogLevel::error, "server",
              std::string("cannot reload ")
                  .append(watched.what)
                  .append("; the old version stays in use: ")
                  .append(read.error().what())});
}

/// Reports the server's I/O thread, not this one, as alive: only if it has run a task of ours since the last report.
void Housekeeping::feed_watchdog() {
  if (!parts_.manager->watchdog() || !answered_->exchange(false)) return;
  parts_.manager->alive();
  parts_.server->on_io_thread([answered = answered_] { *answered = true; });
}

}  // namespace rtcbot::app
