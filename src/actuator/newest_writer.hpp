#pragma once

#include <string>
#include <string_view>

namespace rtcbot::actuator {

/// Writes whole messages to a non-blocking descriptor, without a queue of old messages.
///
/// The principle: **nothing queues.** A message starts only while the kernel holds no unread bytes of earlier ones, and
/// a stop only while it holds few. Otherwise a reader that pauses would act on commands that are seconds old. A started
/// message is completed before any other, so that the reader never sees half a message. Not thread-safe.
class NewestWriter {
 public:
  enum class Result {
    written,    ///< Completely.
    not_taken,  ///< The reader is behind. Nothing was written, or a part; then the next call writes the rest first.
    broken,     ///< The reader is gone.
  };

  /// @param urgent a stop: may wait behind earlier bytes.
  [[nodiscard]] Result write(int descriptor, std::string_view message, bool urgent);

  /// True if the last `write` returned `not_taken`.
  [[nodiscard]] bool is_behind() const { return is_behind_; }

  /// For a new descriptor: drops a message that was started on the old one.
  void reset() {
    rest_.clear();
    is_behind_ = false;
  }

 private:
  [[nodiscard]] Result attempt(int descriptor, std::string_view message, bool urgent);

  std::string rest_;
  bool is_behind_ = false;
};

/// As write(2), on any descriptor, without SIGPIPE. Never blocks on a non-blocking descriptor or on a socket.
[[nodiscard]] long write_quietly(int descriptor, std::string_view bytes);

}  // namespace rtcbot::actuator
