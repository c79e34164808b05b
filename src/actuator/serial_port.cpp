#include "serial_port.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace rtcbot::actuator {
namespace {

constexpr int kLookMs = 5;

speed_t speed_of(int baud) {
  static constexpr std::array<std::pair<int, speed_t>, 14> kSpeeds = {{{1200, B1200},
                                                                       {2400, B2400},
                                                                       {4800, B4800},
                                                                       {9600, B9600},
                                                                       {19'200, B19200},
                                                                       {38'400, B38400},
                                                                       {57'600, B57600},
                                                                       {115'200, B115200},
                                                                       {230'400, B230400},
                                                                       {460'800, B460800},
                                                                       {500'000, B500000},
                                                                       {921'600, B921600},
                                                                       {1'000'000, B1000000},
                                                                       {2'000'000, B2000000}}};
  for (const auto& [known, speed] : kSpeeds) {
    if (known == baud) return speed;
  }
  return B115200;
}

std::string remedy(int error) {
  if (error == ENOENT) return "; is it plugged in?";
  if (error == EACCES) return "; may this user open it? (on Debian: the group dialout)";
  if (error == EBUSY) return "; another program has it";
  return "";
}

}  // namespace

Result<runtime::Descriptor> open_serial_port(const std::string& path, int baud) {
  runtime::Descriptor port(open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!port.is_open()) {
    const int error = errno;
    return fail(Errc::bad_config,
                std::string("cannot be opened: ").append(std::generic_category().message(error)).append(remedy(error)));
  }
  termios settings{};
  if (tcgetattr(port.get(), &settings) != 0) return fail(Errc::bad_config, "is no serial port");
  cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cflag &= ~static_cast<tcflag_t>(CSTOPB | CRTSCTS);
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  if (cfsetspeed(&settings, speed_of(baud)) != 0 || tcsetattr(port.get(), TCSANOW, &settings) != 0) {
    return fail(Errc::bad_config, "does not take " + std::to_string(baud) + " baud");
  }
  tcflush(port.get(), TCIOFLUSH);
  return port;
}

void close_serial_port(runtime::Descriptor port, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  const auto waiting = [&port] {
    int bytes = 0;
    return ioctl(port.get(), TIOCOUTQ, &bytes) == 0 && bytes > 0;
  };
  while (waiting()) {
    if (std::chrono::steady_clock::now() < until) {
      (void)poll(nullptr, 0, kLookMs);
    } else {
      tcflush(port.get(), TCOFLUSH);
      return;
    }
  }
}

}  // namespace rtcbot::actuator
