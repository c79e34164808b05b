#include "stream_sink.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "rtcbot/actuator/output_line.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::actuator {

Result<std::unique_ptr<StreamSink>> StreamSink::open(int number, LogSink log) {
  const std::string path = "/proc/self/fd/" + std::to_string(number);
  runtime::Descriptor own(::open(path.c_str(), O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  // A socket cannot be opened by a path. Each send requests non-blocking mode, so a duplicate is enough.
  if (!own.is_open() && errno == ENXIO) own = runtime::Descriptor(fcntl(number, F_DUPFD_CLOEXEC, 3));
  if (!own.is_open()) {
    return fail(Errc::internal, std::string("standard output cannot be opened for driving: ")
                                    .append(std::generic_category().message(errno))
                                    .append("; use exec:, serial: or udp:"));
  }
  return std::make_unique<StreamSink>(std::move(own), std::move(log));
}

StreamSink::~StreamSink() { (void)write(safety::Output{.why = safety::StopReason::local}); }

bool StreamSink::write(const safety::Output& output) {
  if (!descriptor_.is_open()) return false;
  const auto result = writer_.write(descriptor_.get(), output_line(output, runtime::now()), !output.moving());
  if (result == NewestWriter::Result::broken) {
    descriptor_.close();
    if (log_) log_({LogLevel::error, "actuator", "nobody reads standard output any longer: no commands are written"});
  }
  return result == NewestWriter::Result::written;
}

}  // namespace rtcbot::actuator
