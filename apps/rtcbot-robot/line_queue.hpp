#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

namespace rtcbot::app {

/// Lines that wait for a slow or missing reader. Bounded: drops the oldest, because a driver's newest command counts,
/// and a command from before a pause must not be executed.
///
/// Pure; not thread-safe.
class LineQueue {
 public:
  static constexpr std::size_t kMaxLines = 1'000;
  static constexpr std::size_t kMaxBytes = 1024 * 1024;

  /// Adds a line and drops old ones until the rest fits; never drops the new one.
  /// @return the number of dropped lines.
  std::int64_t push(std::string line) {
    bytes_ += line.size();
    lines_.push_back(std::move(line));
    std::int64_t gone = 0;
    for (; lines_.size() > 1 && (lines_.size() > kMaxLines || bytes_ > kMaxBytes); ++gone) (void)pop();
    dropped_ += gone;
    return gone;
  }

  /// The oldest line.  @pre not empty.
  std::string pop() {
    std::string line = std::move(lines_.front());
    lines_.pop_front();
    bytes_ -= line.size();
    return line;
  }

  /// Drops all lines.
  void clear() {
    dropped_ += static_cast<std::int64_t>(lines_.size());
    lines_.clear();
    bytes_ = 0;
  }

  [[nodiscard]] bool empty() const { return lines_.empty(); }
  /// Lines dropped since the start.
  [[nodiscard]] std::int64_t dropped() const { return dropped_; }

 private:
  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;
  std::int64_t dropped_ = 0;
};

}  // namespace rtcbot::app
