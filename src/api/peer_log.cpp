#include "peer_log.hpp"

#include <algorithm>
#include <utility>

#include "rtcbot/base/weakly.hpp"

namespace rtcbot {

PeerLog::PeerLog(Parts parts)
    : io_(std::move(parts.io)),
      run_(std::move(parts.run)),
      clock_(std::move(parts.clock)),
      log_(std::move(parts.sink), parts.level, std::move(parts.room), parts.limits) {}

PeerLog::~PeerLog() { log_.flush(kNever); }

void PeerLog::write(std::string_view key, const LogRecord& record) {
  log_.write(clock_(), key, record);
  arm();
}

void PeerLog::arm() {
  const Timestamp due = log_.next_timeout();
  const std::lock_guard lock(mutex_);
  const auto io = io_.lock();
  if (!io || due == kNever || timer_) return;
  timer_ = io->after(std::max(due - clock_(), Duration::zero()),
                     [weak = weak_from_this(), run = run_] { run(weakly(weak, [](PeerLog& self) { self.flush(); })); });
}

void PeerLog::flush() {
  {
    const std::lock_guard lock(mutex_);
    timer_.reset();
  }
  log_.flush(clock_());
  arm();
}

}  // namespace rtcbot
