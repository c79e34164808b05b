#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "rtcbot/base/log.hpp"
#include "rtcbot/flow/consumer.hpp"
#include "rtcbot/net/io_thread.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "rtcbot/runtime/limited_log.hpp"

namespace rtcbot {

/// A log for lines that peers can cause. Writes the counts of suppressed lines automatically. Thread-safe.
class PeerLog : public std::enable_shared_from_this<PeerLog> {
 public:
  struct Parts {
    std::weak_ptr<net::IoThread> io;                   ///< Weak: the log must not keep the I/O thread alive, or end it.
    Executor run;                                      ///< Runs the writing of counts, because a log may block.
    LogSink sink;                                      ///< Several threads may call it.
    std::function<Timestamp()> clock = runtime::now;   ///< Replaced in tests.
    LogLevel level = LogLevel::warning;                ///< Of the counts.
    std::string room{};                                ///< Of the counts.
    LogRateLimiter::Config limits{.max_keys = 1'024};  ///< For each key.
  };
  explicit PeerLog(Parts parts);
  /// Writes the remaining counts.
  ~PeerLog();
  PeerLog(const PeerLog&) = delete;
  PeerLog& operator=(const PeerLog&) = delete;

  /// Writes the line on this thread, or counts it.
  void write(std::string_view key, const LogRecord& record);

  /// Lines that were not written.
  [[nodiscard]] std::int64_t suppressed() const { return log_.suppressed(); }

 private:
  /// Sets the timer for the next counts.
  void arm();
  void flush();

  const std::weak_ptr<net::IoThread> io_;
  const Executor run_;
  const std::function<Timestamp()> clock_;
  runtime::LimitedLog log_;
  std::mutex mutex_;
  std::shared_ptr<void> timer_;  ///< Empty: there is no count to write.
};

}  // namespace rtcbot
