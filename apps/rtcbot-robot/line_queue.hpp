#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

namespace rtcbot::app {

/// Lines that wait for a reader who may not come. Bounded: the oldest go first, for what a driver said last is what
/// counts, and a command from before a pause is worse than none.
///
/// Pure; not thread-safe.
class LineQueue {
 public:
  static constexpr std::size_t kMostLines = 1'000;
  static constexpr std::size_t kMostBytes = 1024 * 1024;

  /// Takes a line and lets go of old ones until the rest fits; the new one always stays.
  /// @return how many were dropped for it.
  std::int64_t push(std::string line) {
    bytes_ += line.size();
    lines_.push_back(std::move(line));
    std::int64_t gone = 0;
    for (; lines_.size() > 1 && (lines_.size() > kMostLines || bytes_ > kMostBytes); ++gone) (void)pop();
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

  /// Drops all there is.
  void clear() {
    dropped_ += static_cast<std::int64_t>(lines_.size());
    lines_.clear();
    bytes_ = 0;
  }

  [[nodiscard]] bool empty() const { return lines_.empty(); }
  /// Lines that nobody will read, since the begin.
  [[nodiscard]] std::int64_t dropped() const { return dropped_; }

 private:
  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;
  std::int64_t dropped_ = 0;
};

}  // namespace rtcbot::app
