#include "rtcbot/device/data_meter.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

namespace rtcbot::device {

namespace {

struct FreeAddresses {
  void operator()(ifaddrs* list) const { ::freeifaddrs(list); }
};

std::string text_of(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  // The socket API requires these casts.
  if (address.sa_family == AF_INET) bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  if (address.sa_family == AF_INET6) bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  if (bytes == nullptr || ::inet_ntop(address.sa_family, bytes, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

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
  ifaddrs* found = nullptr;
  if (::getifaddrs(&found) != 0) return {};
  const std::unique_ptr<ifaddrs, FreeAddresses> list(found);
  for (const std::string& wanted : {route.ipv4, route.ipv6}) {
    for (const ifaddrs* entry = list.get(); entry != nullptr && !wanted.empty(); entry = entry->ifa_next) {
      if (entry->ifa_addr != nullptr && text_of(*entry->ifa_addr) == wanted) return entry->ifa_name;
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
