#pragma once

#include <cstdint>
#include <memory>

#include "peer_log.hpp"
#include "rtcbot/safety/safety.hpp"

namespace rtcbot {

/// Logs the events of driving, with a limit for each viewer and kind of event, so that no page can fill the disk.
/// Emergency stops and changes of driver have separate limits. Thread-safe.
class EventLog {
 public:
  /// @param parts  its level, room and limits are replaced by the event log's own.
  explicit EventLog(const PeerLog::Parts& parts);

  void write(const safety::Event& event);

  /// Events that were not logged.
  [[nodiscard]] std::int64_t suppressed() const { return decisive_->suppressed() + others_->suppressed(); }

 private:
  const std::shared_ptr<PeerLog> decisive_;
  const std::shared_ptr<PeerLog> others_;
};

}  // namespace rtcbot
