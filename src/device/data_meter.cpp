#include "rtcbot/device/data_meter.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>

namespace rtcbot::device {

namespace {

struct FreeAddresses {
  void operator()(ifaddrs* list) const { ::freeifaddrs(list); }
};

std::string text_of(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  // The interface of sockets is made of such casts.
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

std::optional<std::int64_t> bytes_of(std::string_view table, std::string_view interface) {
  std::istringstream lines{std::string(table)};
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    const auto begin = line.find_first_not_of(' ');
    if (colon == std::string::npos || std::string_view(line).substr(begin, colon - begin) != interface) continue;
    // Eight columns of what was received and eight of what was sent; each begins with the bytes.
    std::array<std::int64_t, 9> columns{};
    std::istringstream numbers(line.substr(colon + 1));
    for (auto& column : columns) numbers >> column;
    if (!numbers) return std::nullopt;
    return columns[0] + columns[8];
  }
  return std::nullopt;
}

std::string interface_of(const WayOut& way) {
  ifaddrs* found = nullptr;
  if (::getifaddrs(&found) != 0) return {};
  const std::unique_ptr<ifaddrs, FreeAddresses> list(found);
  for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    const std::string address = text_of(*entry->ifa_addr);
    if (!address.empty() && (address == way.ipv4 || address == way.ipv6)) return entry->ifa_name;
  }
  return {};
}

void DataMeter::resume(const Mark& mark) {
  if (mark.interface.empty() || mark.boot != boot_id()) return;
  interface_ = mark.interface;
  last_ = mark.bytes;
}

DataSize DataMeter::take(const WayOut& way) {
  const std::string interface = interface_of(way);
  // Without a way out nothing is spent; the count goes on when it is back.
  if (interface.empty()) return {};
  const auto bytes = bytes_of(read_all("/proc/net/dev"), interface);
  if (!bytes) return {};
  std::int64_t passed = 0;
  if (interface == interface_ && last_) passed = *bytes >= *last_ ? *bytes - *last_ : *bytes;
  interface_ = interface;
  last_ = bytes;
  return DataSize::bytes(passed);
}

DataMeter::Mark DataMeter::mark() const { return {interface_, last_.value_or(0), boot_id()}; }

}  // namespace rtcbot::device
