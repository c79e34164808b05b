#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include <nlohmann/json.hpp>

#include "rtcbot/base/log.hpp"

namespace rtcbot::app {

/// Writes whole lines of JSON to a descriptor (standard output), on its own thread, so that the caller never waits for
/// the reader. Drops lines that are not read in time, the oldest first, and counts them (`LineQueue`). Logs a reader's
/// disappearance once, and continues without it. Thread-safe.
class LineWriter {
 public:
  /// The caller keeps ownership of `descriptor`.
  LineWriter(int descriptor, LogSink log);
  /// Writes the waiting lines, for at most `kFarewell`.
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  static constexpr std::chrono::milliseconds kFarewell{500};

  void write(const nlohmann::json& line);

  /// Lines dropped because nobody read them.
  [[nodiscard]] std::int64_t dropped() const;

 private:
  struct Shared;
  const std::shared_ptr<Shared> shared_;  ///< Shared with the thread, which may remain in a write that never ends.
};

}  // namespace rtcbot::app
