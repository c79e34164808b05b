#include "rtcbot/actuator/inspect.hpp"

#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <utility>

#include "serial_port.hpp"
#include "udp_sink.hpp"

namespace rtcbot::actuator {
namespace {

using Inspected = Result<std::string>;

/// The command's first word if it is plain; empty if only a shell can interpret it.
std::string program_of(const std::string& command) {
  const auto begin = command.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  const std::string word = command.substr(begin, command.find(' ', begin) - begin);
  return word.find_first_of("$`'\"\\;&|<>(){}=*?") == std::string::npos ? word : std::string();
}

/// Whether the shell would find it; it is not started. dash's `command -v` also takes a path to what is not executable.
bool shell_finds(const std::string& program) {
  std::string name = program, shell = "/bin/sh", flag = "-c";
  std::string script =
      "found=$(command -v \"$0\") || exit 1; case $found in */*) [ -f \"$found\" ] && [ -x \"$found\" ];; esac";
  const std::array<char*, 5> words{shell.data(), flag.data(), script.data(), name.data(), nullptr};
  pid_t child = -1;
  if (posix_spawn(&child, shell.c_str(), nullptr, nullptr, words.data(), environ) != 0) return false;
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

struct Inspect {
  Inspected operator()(const NoSink&) const { return std::string("commands go nowhere, as requested"); }
  Inspected operator()(const StandardOutputSink&) const { return std::string("commands go to standard output"); }

  Inspected operator()(const ProgramSink& spec) const {
    const auto program = program_of(spec.command);
    if (program.empty()) return std::string("is run by the shell when the robot starts");
    if (shell_finds(program)) return "the program " + program + " exists";
    return fail(Errc::bad_config, "the program '" + program + "' does not exist on this machine, or is not executable");
  }

  Inspected operator()(const SerialSink& spec) const {
    auto port = open_serial_port(spec.path, spec.baud);
    if (!port) return fail(port.error());
    return "opens at " + std::to_string(spec.baud) + " baud";
  }

  Inspected operator()(const UdpSink& spec) const {
    const auto opened = UdpActuator::socket_to(spec);
    if (!opened) return fail(opened.error());
    return std::string("there is a route to it");
  }
};

}  // namespace

Inspected inspect(const SinkSpec& spec) { return std::visit(Inspect{}, spec); }

}  // namespace rtcbot::actuator
