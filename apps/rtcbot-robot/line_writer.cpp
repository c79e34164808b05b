#include "rtcbot-robot/line_writer.hpp"

#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "rtcbot-robot/line_queue.hpp"
#include "rtcbot/base/counted.hpp"

namespace rtcbot::app {

struct LineWriter::Shared {
  Shared(int to, LogSink sink) : descriptor(to), log(std::move(sink)) {}

  const int descriptor;
  const LogSink log;
  std::mutex mutex;
  std::condition_variable changed;
  LineQueue lines;
  bool is_behind = false;  ///< Lines were dropped, and that was logged.
  bool has_reader = true;
  bool is_ending = false;
  bool has_ended = false;
  bool is_abandoned = false;  ///< The destructor has stopped waiting for the thread.

  void run();
  /// Writes the whole line.  @return 0, or the errno of the failure.
  [[nodiscard]] int put(const std::string& line) const;
  /// The message about a dropped line; nothing if it was logged.  Call with the mutex held.
  [[nodiscard]] std::string complaint();
};

int LineWriter::Shared::put(const std::string& line) const {
  std::size_t done = 0;
  while (done < line.size()) {
    const auto count = ::write(descriptor, line.data() + done, line.size() - done);
    if (count >= 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

std::string LineWriter::Shared::complaint() {
  if (std::exchange(is_behind, true)) return {};
  return "nobody reads standard output: the oldest lines are dropped; read it, or remove the flags that write to it";
}

void LineWriter::Shared::run() {
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [this] { return is_ending || !lines.empty(); });
    if (lines.empty()) break;
    const std::string line = lines.pop();
    lock.unlock();
    const int error = put(line);
    lock.lock();
    if (is_abandoned) return;  // The log's owner may be gone.
    if (error == 0) continue;
    log({LogLevel::warning, "robot",
         std::string("standard output can no longer be written (")
             .append(std::generic_category().message(error))
             .append("); the robot continues without it")});
    has_reader = false;
    (void)lines.push(line);  // It was not written, so count it with the rest.
    lines.clear();
    break;
  }
  has_ended = true;
  changed.notify_all();
}

LineWriter::LineWriter(int descriptor, LogSink log) : shared_(std::make_shared<Shared>(descriptor, std::move(log))) {
  // Detached: a write to a pipe without a reader may never end, and must not delay the program's exit.
  std::thread([shared = shared_] { shared->run(); }).detach();
}

LineWriter::~LineWriter() {
  std::int64_t dropped = 0;
  {
    std::unique_lock lock(shared_->mutex);
    shared_->is_ending = true;
    shared_->changed.notify_all();
    if (!shared_->changed.wait_for(lock, kFarewell, [this] { return shared_->has_ended; })) {
      shared_->is_abandoned = true;
      shared_->lines.clear();
    }
    dropped = shared_->lines.dropped();
  }
  if (dropped == 0) return;
  shared_->log({LogLevel::warning, "robot",
                counted(dropped, "line for standard output was", "lines for standard output were") +
                    " dropped, because nobody read in time"});
}

void LineWriter::write(const nlohmann::json& line) {
  std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  std::string complaint;
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->lines.push(std::move(text)) > 0) complaint = shared_->complaint();
    if (!shared_->has_reader) shared_->lines.clear();
  }
  shared_->changed.notify_all();
  if (!complaint.empty()) shared_->log({LogLevel::warning, "robot", std::move(complaint)});
}

std::int64_t LineWriter::dropped() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->lines.dropped();
}

}  // namespace rtcbot::app
