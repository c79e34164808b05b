#include "rtcbot/actuator/inspect.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>
#include <variant>
#include <vector>

#include "inspect_program.hpp"
#include "rtcbot/runtime/device_access.hpp"
#include "serial_port.hpp"
#include "udp_sink.hpp"

namespace rtcbot::actuator {
namespace {

namespace fs = std::filesystem;

/// The serial ports that exist, by the names that stay the same, if there are such.
std::vector<std::string> serial_ports() {
  std::vector<std::string> ports;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/dev/serial/by-id", ignored)) ports.push_back(entry.path());
  if (ports.empty()) {
    for (const auto& entry : fs::directory_iterator("/dev", ignored)) {
      const std::string name = entry.path().filename();
      for (const char* prefix : {"ttyUSB", "ttyACM", "ttyAMA", "serial"}) {
        if (name.starts_with(prefix) && !entry.is_directory(ignored)) ports.push_back(entry.path());
      }
    }
  }
  std::sort(ports.begin(), ports.end());
  return ports;
}

std::string known_ports() {
  std::string text;
  for (const auto& port : serial_ports()) text.append(text.empty() ? "Ports of this machine: " : ", ").append(port);
  return text.empty() ? "This machine has no serial port now." : text + ".";
}

std::string serial_remedy(const SerialSink& spec, const std::string& fault) {
  std::error_code ignored;
  if (!fs::exists(spec.path, ignored)) return "Plug the board in, or name another port. " + known_ports();
  if (::access(spec.path.c_str(), R_OK | W_OK) != 0) return "";  // The fault names the command.
  if (fault.find("another program") != std::string::npos) {
    return "End the other program, which may be the running robot; sudo fuser -v " + spec.path +
           " names it (package psmisc).";
  }
  if (fault.find("not a serial port") != std::string::npos) return "Name a serial port. " + known_ports();
  if (fault.find("baud") != std::string::npos) return "Choose another rate, e.g. serial:" + spec.path + "?baud=115200.";
  return "Unplug the board and plug it in again; sudo dmesg shows what the kernel reports.";
}

struct Inspect {
  Inspection operator()(const NoSink&) const { return {true, "commands go nowhere, as requested", ""}; }
  Inspection operator()(const StandardOutputSink&) const { return {true, "commands go to standard output", ""}; }
  Inspection operator()(const ProgramSink& spec) const { return inspect_program(spec.command); }

  Inspection operator()(const SerialSink& spec) const {
    const auto port = open_serial_port(spec.path, spec.baud);
    if (port) return {true, "opens at " + std::to_string(spec.baud) + " baud", ""};
    return {false, port.error().what(), serial_remedy(spec, port.error().what())};
  }

  Inspection operator()(const UdpSink& spec) const {
    const auto opened = UdpActuator::socket_to(spec);
    if (opened) return {true, "there is a route to it", ""};
    return {false, opened.error().what(),
            "Check the name and the network: getent hosts " + spec.host + "; ip route get ADDRESS."};
  }
};

}  // namespace

Inspection inspect(const SinkSpec& spec) { return std::visit(Inspect{}, spec); }

}  // namespace rtcbot::actuator
