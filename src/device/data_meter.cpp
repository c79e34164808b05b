#include "rtcbot/device/data_meter.hpp"

#include <fstream>
#include <iterator>
#include <utility>

#include "rtcbot/device/interface_addresses.hpp"

namespace rtcbot::device {

namespace {

std::string read_all(const char* path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string boot_id() {
  std::string id = read_all("/proc/sys/kernel/random/boot_id");
  return id.substr(0, id.find('\n'));
}

}  // namespace

std::string interface_of(const OutboundRoute& route) {
  const auto addresses = interface_addresses().value_or(std::vector<InterfaceAddress>());
  for (const std::string& wanted : {route.ipv4, route.ipv6}) {
    for (const auto& entry : addresses) {
      if (entry.address == wanted) return entry.interface;
    }
  }
  return {};
}

void DataMeter::resume(Mark mark) {
  if (mark.boot != boot_id()) {
    for (auto& [name, entry] : mark.interfaces) entry.counter.reset();
  }
  ledger_.resume(mark.interfaces, mark.others);
}

std::map<std::string, std::int64_t> DataMeter::take(const OutboundRoute& route) {
  const std::string interface = interface_of(route);
  has_route_ = !interface.empty();
  if (has_route_) interface_ = interface;
  return ledger_.take(interface, read_all("/proc/net/dev"));
}

DataMeter::Mark DataMeter::mark() const { return {ledger_.entries(), ledger_.others(), boot_id()}; }

}  // namespace rtcbot::device
