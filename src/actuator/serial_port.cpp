#include "serial_port.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "rtcbot/runtime/device_access.hpp"

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

std::string remedy(int error, const std::string& path) {
  if (error == ENOENT) return "; is it plugged in?";
  if (error == EACCES) return "; " + runtime::access_remedy(path);
  if (error == EBUSY) return "; another program uses it";
  return "";
}

tl::unexpected<Error> cannot_be_opened(int error, const std::string& path) {
  return fail(
      Errc::bad_config,
      std::string("cannot be opened: ").append(std::generic_category().message(error)).append(remedy(error, path)));
}

/// Major numbers of pseudo-terminals (Documentation/admin-guide/devices.txt). A pseudo-terminal keeps its exclusive
/// mode after the program that set it has died.
bool is_pseudo_terminal(int port) {
  struct stat status {};
  return fstat(port, &status) == 0 && major(status.st_rdev) >= 136 && major(status.st_rdev) <= 143;
}

/// Takes the port exclusively, against programs that lock (other robots, terminal programs) and those that do not
/// (ModemManager's "AT+GCAP"). Two writers on one wire would make the motors uncontrollable.
/// @return 0, or an errno
int take_alone(int port) {
  if (flock(port, LOCK_EX | LOCK_NB) != 0) return errno == EWOULDBLOCK ? EBUSY : errno;
  // For root the system also opens a port with exclusive mode, so check that mode.
  int exclusive = 0;
  const bool is_anothers = ioctl(port, TIOCGEXCL, &exclusive) == 0 && exclusive != 0 && !is_pseudo_terminal(port);
  if (is_anothers) return EBUSY;
  return ioctl(port, TIOCEXCL) == 0 ? 0 : errno;
}

}  // namespace

Result<runtime::Descriptor> open_serial_port(const std::string& path, int baud) {
  runtime::Descriptor port(open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!port.is_open()) return cannot_be_opened(errno, path);
  if (isatty(port.get()) == 0) return fail(Errc::bad_config, "is not a serial port");
  if (const int error = take_alone(port.get()); error != 0) return cannot_be_opened(error, path);
  termios settings{};
  if (tcgetattr(port.get(), &settings) != 0) return fail(Errc::bad_config, "is not a serial port");
  cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cflag &= ~static_cast<tcflag_t>(CSTOPB | CRTSCTS);
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  if (cfsetspeed(&settings, speed_of(baud)) != 0 || tcsetattr(port.get(), TCSANOW, &settings) != 0) {
    return fail(Errc::bad_config, "does not support " + std::to_string(baud) + " baud");
  }
  tcflush(port.get(), TCIOFLUSH);
  return port;
}

void close_serial_port(runtime::Descriptor port, std::chrono::milliseconds timeout) {
  const auto until = std::chrono::steady_clock::now() + timeout;
  const auto waiting = [&port] {
    int bytes = 0;
    return ioctl(port.get(), TIOCOUTQ, &bytes) == 0 && bytes > 0;
  };
  while (waiting()) {
    if (std::chrono::steady_clock::now() < until) {
      (void)poll(nullptr, 0, kLookMs);
    } else {
      tcflush(port.get(), TCOFLUSH);
      break;
    }
  }
  // A pseudo-terminal would keep the exclusive mode. The lock ends with the descriptor.
  ioctl(port.get(), TIOCNXCL);
}

}  // namespace rtcbot::actuator
