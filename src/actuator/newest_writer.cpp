#include "newest_writer.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace rtcbot::actuator {
namespace {

/// Before a command nothing may wait, or a reader that pauses finds several old ones. A stop may wait behind one
/// message and earlier stops.
constexpr std::size_t kWaitingBeforeStop = 1'024;

/// Bytes written but not yet read, or not yet sent on the wire; 0 if the system does not report it.
std::size_t waiting_bytes(int descriptor) {
  struct stat kind {};
  if (fstat(descriptor, &kind) != 0) return 0;
  int bytes = 0;
  // A pipe reports its content at both ends; a port or a socket reports unsent bytes.
  const int asked = ioctl(descriptor, S_ISFIFO(kind.st_mode) ? FIONREAD : TIOCOUTQ, &bytes);
  return asked == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

/// True if the reader is gone. Waiting bytes would wait forever, and no further write reports the error.
bool has_hung_up(int descriptor) {
  pollfd asked{descriptor, 0, 0};
  return poll(&asked, 1, 0) == 1 && (asked.revents & (POLLERR | POLLHUP)) != 0;
}

/// Blocks SIGPIPE in this thread and discards one that arrives.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t waiting;
    sigpending(&waiting);
    was_waiting_ = sigismember(&waiting, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoPipeSignal() {
    const timespec none{};
    if (!was_waiting_) {
      while (sigtimedwait(&pipe_, nullptr, &none) < 0 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_waiting_ = false;
};

}  // namespace

long write_quietly(int descriptor, std::string_view bytes) {
  const auto sent = send(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0 || errno != ENOTSOCK) return sent;
  long written = 0;
  int error = 0;
  {
    const NoPipeSignal quiet;
    written = ::write(descriptor, bytes.data(), bytes.size());
    error = errno;
  }
  errno = error;
  return written;
}

NewestWriter::Result NewestWriter::write(int descriptor, std::string_view message, bool urgent) {
  const Result result = attempt(descriptor, message, urgent);
  is_behind_ = result == Result::not_taken;
  return result;
}

NewestWriter::Result NewestWriter::attempt(int descriptor, std::string_view message, bool urgent) {
  const auto put = [descriptor](std::string_view bytes, std::size_t& done) {
    const long count = write_quietly(descriptor, bytes);
    done = static_cast<std::size_t>(std::max(0L, count));
    return count >= 0 || errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS;
  };
  std::size_t done = 0;
  if (!rest_.empty()) {
    if (!put(rest_, done)) return Result::broken;
    rest_.erase(0, done);
    if (!rest_.empty()) return Result::not_taken;
  }
  if (waiting_bytes(descriptor) > (urgent ? kWaitingBeforeStop : 0)) {
    return has_hung_up(descriptor) ? Result::broken : Result::not_taken;
  }
  if (!put(message, done)) return Result::broken;
  if (done == message.size()) return Result::written;
  if (done > 0) rest_ = message.substr(done);
  return Result::not_taken;
}

}  // namespace rtcbot::actuator
