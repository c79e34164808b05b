#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include <nlohmann/json.hpp>

#include "rtcbot/base/log.hpp"

namespace rtcbot::app {

/// Whole lines of JSON to a descriptor, standard output that is, from a thread of its own: whoever writes never waits
/// for whoever reads. What is not read in time is dropped, oldest first, and counted (`LineQueue`). A reader that has
/// gone is told of once; the robot goes on without. Thread-safe.
class LineWriter {
 public:
  /// `descriptor` stays the caller's.
  LineWriter(int descriptor, LogSink log);
  /// Writes what waits, for as long as `kFarewell` at most.
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  static constexpr std::chrono::milliseconds kFarewell{500};

  void write(const nlohmann::json& line);

  /// Lines that were dropped because nobody read them.
  [[nodiscard]] std::int64_t dropped() const;

 private:
  struct Shared;
  const std::shared_ptr<Shared> shared_;  ///< With the thread, which may be left behind in a write that never ends.
};

}  // namespace rtcbot::app
