#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "rtcbot/control/control_session.hpp"

using namespace rtcbot;
using namespace rtcbot::control;
using std::chrono::milliseconds;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// Splits the input into steps: elapsed time, action and viewer, and a text.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : left_(reinterpret_cast<const char*>(data), size) {}

  [[nodiscard]] bool empty() const { return left_.empty(); }

  int byte() {
    if (left_.empty()) return 0;
    const auto value = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    return value;
  }

  /// Returns the text up to the next line feed.
  std::string_view line() {
    const auto end = std::min(left_.find('\n'), left_.size());
    const auto text = left_.substr(0, end);
    left_.remove_prefix(std::min(end + 1, left_.size()));
    return text;
  }

 private:
  std::string_view left_;
};

}  // namespace

/// Checks, for any bytes, times and order, that the output is stop, with all axes and buttons at 0, while the emergency
/// stop is latched and when the driver has sent no message within the dead man's limit.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  ControlSession session(Config{});
  Timestamp now{milliseconds(1'000)};
  std::optional<Timestamp> driver_spoke;
  for (std::uint64_t i = 1; i <= 3; ++i) session.join(now, ViewerId(i), i != 3);
  while (!input.empty()) {
    now += milliseconds(input.byte());
    const int action = input.byte();
    const ViewerId viewer(static_cast<std::uint64_t>(action % 4));
    const auto driver = session.safety().driver();
    switch (action / 4 % 8) {
      case 0:
      case 1:
      case 2:
        if (session.safety().driver() == viewer) driver_spoke = now;
        session.message(now, viewer, parse_message(Channel::drive, input.line()));
        break;
      case 3:
      case 4: session.message(now, viewer, parse_message(Channel::control, input.line())); break;
      case 5: session.channel_open(now, viewer, action >= 128 ? Channel::drive : Channel::control); break;
      case 6:
        if (action >= 192)
          session.leave(now, viewer);
        else
          session.handle_timeout(now);
        break;
      default: (void)session.telemetry(now, input.line());
    }
    session.handle_timeout(now);
    if (session.safety().driver() != driver) driver_spoke.reset();
    const auto& output = session.output();
    const bool in_time = driver_spoke && now - *driver_spoke < milliseconds(250);
    require(!output.moving() || (in_time && session.safety().driver() && !session.safety().is_stopped()));
    for (const double axis : output.controls.axis) require(output.moving() ? axis >= -1 && axis <= 1 : axis == 0);
    require(output.moving() || output.controls.buttons == 0);
    while (const auto message = session.poll_message()) {
      require(message->text.size() <= (message->channel == Channel::drive ? kMaxDriveBytes : 2 * kMaxControlBytes));
    }
    while (session.poll_event()) {
    }
    while (session.poll_camera_request()) {
    }
  }
  return 0;
}
