#pragma once

#include <string>
#include <string_view>

namespace rtcbot::actuator {

/// Writes messages to a descriptor that does not block, whole ones only, and lets none grow old on the way.
///
/// The one idea: **nothing queues.** A message is begun only while nothing of earlier ones waits in the kernel for the
/// reader, and a stop while little does; otherwise a reader that pauses would drive by what a driver wanted seconds
/// ago. What was begun is finished before anything else, so that the reader never sees half a message. Not thread-safe.
class NewestWriter {
 public:
  enum class Result {
    written,    ///< The whole of it.
    not_taken,  ///< The reader is behind; nothing of it was written, or the rest will be, first, next time.
    broken,     ///< Nobody will read any more.
  };

  /// @param urgent a stop: may wait behind what is there.
  [[nodiscard]] Result write(int descriptor, std::string_view message, bool urgent);

  /// The descriptor is another one now: what was begun on the old one is let go of.
  void begin_anew() { rest_.clear(); }

 private:
  std::string rest_;
};

/// As write(2), on anything, without SIGPIPE. Never blocks on what is non-blocking, and on no socket.
[[nodiscard]] long write_quietly(int descriptor, std::string_view bytes);

}  // namespace rtcbot::actuator
