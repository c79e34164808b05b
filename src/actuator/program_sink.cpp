#include "program_sink.hpp"

#include <poll.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <utility>

#include "rtcbot/actuator/output_line.hpp"
#include "rtcbot/base/backoff.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::actuator {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kProgramCheckInterval{50};  // interval of the check whether the program has ended
constexpr milliseconds kTimeout{500};              // limit for each way to end it
constexpr milliseconds kProgramStopTimeout{200};
constexpr milliseconds kFirstRestartInterval{250}, kMaxRestartInterval{5'000};
constexpr std::chrono::seconds kRanWell{10};

}  // namespace

ProgramActuator::ProgramActuator(ProgramSink spec, SinkOptions options)
    : spec_(std::move(spec)), options_(std::move(options)), thread_([this] { run(); }) {}

ProgramActuator::~ProgramActuator() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  ending_.notify_all();
  wake_.wake();
  thread_.join();
}

std::string ProgramActuator::name() const { return "program " + spec_.command.substr(0, spec_.command.find(' ')); }

bool ProgramActuator::write(const safety::Output& output) {
  const std::string line = output_line(output, runtime::now());
  const std::lock_guard lock(mutex_);
  if (input_ < 0 || is_broken_) return false;
  const auto result = writer_.write(input_, line, !output.moving());
  if (result == NewestWriter::Result::broken) {
    is_broken_ = true;
    wake_.wake();
  }
  return result == NewestWriter::Result::written;
}

void ProgramActuator::run() {
  Backoff backoff({.first = kFirstRestartInterval, .longest = kMaxRestartInterval, .jitter = Backoff::Jitter::none});
  while (!is_ending()) {
    const auto begun = steady_clock::now();
    auto child = ChildProcess::start(spec_.command);
    std::string how = "could not be started";
    if (child) {
      set_input(child->input());
      telemetry_.reset();
      const auto ended = serve(*child);
      if (!ended) end(*child);
      set_input(-1);
      if (is_ending()) break;
      how = ended.value_or("no longer reads its standard input, and was ended");
    } else {
      how += std::string(" (").append(child.error().what()).append(")");
    }
    if (steady_clock::now() - begun > kRanWell) backoff.reset();
    const auto pause = std::chrono::duration_cast<milliseconds>(backoff.next());
    say(LogLevel::error, how + "; it is started again in " + std::to_string(pause.count()) + " ms");
    std::unique_lock lock(mutex_);
    ending_.wait_for(lock, pause, [this] { return is_ending_; });
  }
}

std::optional<std::string> ProgramActuator::serve(ChildProcess& child) {
  while (!is_ending() && !is_broken()) {
    listen(child, kProgramCheckInterval);
    if (auto how = child.ended()) return how;
  }
  return std::nullopt;
}

void ProgramActuator::listen(ChildProcess& child, milliseconds limit) {
  std::array<pollfd, 2> inputs{
      {{wake_.get(), POLLIN, 0}, {child.output(), POLLIN, 0}}};  // poll ignores negative descriptors
  if (poll(inputs.data(), inputs.size(), static_cast<int>(limit.count())) <= 0) return;
  if (inputs[0].revents != 0) wake_.clear();
  if (inputs[1].revents == 0) return;
  std::array<char, 4096> chunk;
  const auto count = read(child.output(), chunk.data(), chunk.size());
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return child.close_output();
  if (count < 0) return;
  for (auto& value : telemetry_.feed(runtime::now(), {chunk.data(), static_cast<std::size_t>(count)})) {
    if (options_.on_telemetry) options_.on_telemetry(std::move(value));
  }
  tell_faults();
}

void ProgramActuator::tell_faults() {
  const auto& counts = telemetry_.counts();
  if (std::exchange(faults_told_, counts.faults()) == counts.faults()) return;
  for (const auto& sentence : faults_.news(counts, telemetry_.samples())) say(LogLevel::warning, sentence);
  if (options_.on_telemetry_faults) options_.on_telemetry_faults(counts);
}

void ProgramActuator::end(ChildProcess& child) {
  const auto until = steady_clock::now() + kProgramStopTimeout;
  while (!write_last_stop() && steady_clock::now() < until) listen(child, milliseconds(10));
  set_input(-1);
  child.close_input();
  if (ends_within(child, kTimeout)) return;
  child.send_signal(SIGTERM);
  if (ends_within(child, kTimeout)) return;
  say(LogLevel::warning, "did not end when its input ended, nor on SIGTERM; it is killed");
  child.send_signal(SIGKILL);
  if (!ends_within(child, kTimeout)) say(LogLevel::error, "cannot be killed");
}

/// @return true if it is written, or cannot be written.
bool ProgramActuator::write_last_stop() {
  const std::lock_guard lock(mutex_);
  if (input_ < 0 || is_broken_) return true;
  const auto line = output_line(safety::Output{.why = safety::StopReason::local}, runtime::now());
  const auto result = writer_.write(input_, line, true);
  return result != NewestWriter::Result::not_taken;
}

bool ProgramActuator::ends_within(ChildProcess& child, milliseconds limit) {
  const auto until = steady_clock::now() + limit;
  while (!child.ended()) {
    if (steady_clock::now() >= until) return false;
    listen(child, milliseconds(10));
  }
  return true;
}

bool ProgramActuator::is_ending() {
  const std::lock_guard lock(mutex_);
  return is_ending_;
}

bool ProgramActuator::is_broken() {
  const std::lock_guard lock(mutex_);
  return is_broken_;
}

void ProgramActuator::set_input(int descriptor) {
  const std::lock_guard lock(mutex_);
  input_ = descriptor;
  is_broken_ = false;
  writer_.reset();
}

void ProgramActuator::say(LogLevel level, const std::string& what) const {
  if (options_.log) options_.log({level, "actuator", name() + " " + what});
}

}  // namespace rtcbot::actuator
