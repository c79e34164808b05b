#include "serial_sink.hpp"

#include <poll.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <utility>

#include "rtcbot/actuator/output_line.hpp"
#include "rtcbot/base/backoff.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "serial_port.hpp"

namespace rtcbot::actuator {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kFirstReopenInterval{100}, kMaxReopenInterval{1'000};
constexpr milliseconds kPortCheckInterval{500};
constexpr milliseconds kPortStopTimeout{200};

}  // namespace

SerialActuator::SerialActuator(SerialSink spec, SinkOptions options)
    : spec_(std::move(spec)), options_(std::move(options)), thread_([this] { run(); }) {}

SerialActuator::~SerialActuator() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  ending_.notify_all();
  wake_.wake();
  thread_.join();
}

std::string SerialActuator::message_of(const safety::Output& output) const {
  return spec_.record ? spec_.record->pack(output) : output_line(output, runtime::now());
}

bool SerialActuator::write(const safety::Output& output) {
  const std::string message = message_of(output);
  const std::lock_guard lock(mutex_);
  if (port_ < 0 || is_broken_ || steady_clock::now() < ready_at_) return false;
  const auto result = writer_.write(port_, message, !output.moving());
  if (result == NewestWriter::Result::broken) {
    is_broken_ = true;
    wake_.wake();
  }
  return result == NewestWriter::Result::written;
}

void SerialActuator::run() {
  Backoff backoff({.first = kFirstReopenInterval, .longest = kMaxReopenInterval, .jitter = Backoff::Jitter::none});
  std::string said;
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    lock.unlock();
    auto port = open_serial_port(spec_.path, spec_.baud);
    const std::string news = port ? "is open" : port.error().what();
    // Logs a change only, not each attempt.
    if (news != said)
      say(port ? LogLevel::info : LogLevel::error, news + (port ? "" : " (the robot tries again until it opens)"));
    said = news;
    lock.lock();
    if (port) {
      backoff.reset();
      port_ = port->get();
      ready_at_ = steady_clock::now() + spec_.delay;
      is_broken_ = false;
      writer_.reset();
      lock.unlock();
      serve(port->get());
      lock.lock();
      port_ = -1;
      lock.unlock();
      close_serial_port(std::move(*port), kPortStopTimeout);
      lock.lock();
      if (!is_ending_) say(LogLevel::error, "was unplugged or failed; it is opened again when it returns");
      said = "is gone";
    }
    ending_.wait_for(lock, std::chrono::duration_cast<milliseconds>(backoff.next()), [this] { return is_ending_; });
  }
}

void SerialActuator::serve(int port) {
  std::visit([](auto& reader) { reader.reset(); }, spec_.telemetry);
  while (!is_over()) {
    std::array<pollfd, 2> inputs{{{wake_.get(), POLLIN, 0}, {port, POLLIN, 0}}};
    if (poll(inputs.data(), inputs.size(), static_cast<int>(kPortCheckInterval.count())) <= 0) continue;
    if (inputs[0].revents != 0) wake_.clear();
    if (inputs[1].revents != 0 && !listen(port)) return;
  }
  write_last_stop(port);
}

bool SerialActuator::listen(int port) {
  std::array<char, 1024> chunk;
  const auto count = read(port, chunk.data(), chunk.size());
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  if (count == 0) return false;
  const std::string_view bytes(chunk.data(), static_cast<std::size_t>(count));
  auto values = std::visit([&](auto& reader) { return reader.feed(runtime::now(), bytes); }, spec_.telemetry);
  for (auto& value : values) {
    if (options_.on_telemetry) options_.on_telemetry(std::move(value));
  }
  std::visit([this](const auto& reader) { tell_faults(reader.counts(), reader.samples()); }, spec_.telemetry);
  return true;
}

void SerialActuator::tell_faults(const TelemetryCounts& counts, const TelemetrySamples& samples) {
  if (std::exchange(faults_told_, counts.faults()) == counts.faults()) return;
  for (const auto& sentence : faults_.news(counts, samples)) say(LogLevel::warning, sentence);
  if (options_.on_telemetry_faults) options_.on_telemetry_faults(counts);
}

void SerialActuator::write_last_stop(int port) {
  const auto until = steady_clock::now() + kPortStopTimeout;
  std::unique_lock lock(mutex_);
  const auto message = message_of(safety::Output{.why = safety::StopReason::local});
  while (!is_broken_ && steady_clock::now() < until) {
    const auto result = writer_.write(port, message, true);
    is_broken_ = result == NewestWriter::Result::broken;
    if (result != NewestWriter::Result::not_taken) break;
    // The wire is slow; wait a moment.
    ending_.wait_for(lock, milliseconds(10), [] { return false; });
  }
}

bool SerialActuator::is_over() {
  const std::lock_guard lock(mutex_);
  return is_ending_ || is_broken_;
}

void SerialActuator::say(LogLevel level, const std::string& what) const {
  if (options_.log) options_.log({level, "actuator", name() + " " + what});
}

}  // namespace rtcbot::actuator
