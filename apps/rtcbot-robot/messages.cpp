#include "rtcbot-robot/messages.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdio>

namespace rtcbot::app {
namespace {

constexpr std::size_t kLineLimit = 64 * 1024;  // the size that every browser accepts as one message

}  // namespace

MessageLines::~MessageLines() {
  if (!reader_.joinable()) return;
  const char byte = 1;
  [[maybe_unused]] const auto written = ::write(wake_[1], &byte, 1);
  reader_.join();
  close(wake_[0]);
  close(wake_[1]);
}

void MessageLines::attach(RTCConnection& connection) {
  const auto number = ++last_viewer_;
  connection.subscribe([out = out_, number](const Json& message) {
    out->write({{"viewer", number}, {"message", message}});
  });
}

void MessageLines::start_reading() {
  if (pipe2(wake_, O_CLOEXEC) != 0) return;
  reader_ = std::thread([this] { read_lines(); });
}

void MessageLines::report(std::int64_t actuator::TelemetryCounts::*kind, const std::string& what) {
  ++(counts_.*kind);
  if (const auto addition = sampler_.next()) {
    std::fprintf(stderr, "rtcbot-robot: a line on standard input %s%s\n", what.c_str(), addition->c_str());
  }
  if (on_faults_) on_faults_(counts_);
}

void MessageLines::take_line(std::string_view line) {
  Json message = Json::parse(line, nullptr, false);
  const bool is_json = !message.is_discarded();
  if (!is_json) message = actuator::read_telemetry_line(line).value;
  if (message.is_discarded()) return report(&actuator::TelemetryCounts::not_json, "is not JSON; it was dropped");
  ++counts_.taken;
  on_line_(message);
  if (!is_json) {
    report(&actuator::TelemetryCounts::mended,
           "has values that JSON cannot represent, such as NaN; they are sent as null");
  }
}

void MessageLines::read_lines() {
  std::string waiting;
  bool skipping = false;
  std::array<char, 4096> chunk{};
  while (true) {
    std::array<pollfd, 2> inputs{{{STDIN_FILENO, POLLIN, 0}, {wake_[0], POLLIN, 0}}};
    if (poll(inputs.data(), inputs.size(), -1) < 0 || inputs[1].revents != 0) return;
    const auto count = read(STDIN_FILENO, chunk.data(), chunk.size());
    if (count <= 0) return;
    waiting.append(chunk.data(), static_cast<std::size_t>(count));
    if (skipping) {
      // The rest of a line that was too long is not a message.
      const auto end = waiting.find('\n');
      waiting.erase(0, end == std::string::npos ? end : end + 1);
      skipping = end == std::string::npos;
    }
    for (auto end = waiting.find('\n'); end != std::string::npos; end = waiting.find('\n')) {
      take_line(std::string_view(waiting).substr(0, end));
      waiting.erase(0, end + 1);
    }
    if (waiting.size() > kLineLimit) {
      report(&actuator::TelemetryCounts::too_long, "is longer than 64 KiB; it was dropped");
      waiting.clear();
      skipping = true;
    }
  }
}

}  // namespace rtcbot::app
