#include "rtcbot/linklab/rebinding.hpp"

#include <cstdio>

namespace rtcbot::linklab {
namespace {

using Bytes = std::span<std::uint8_t>;

constexpr std::size_t kChecksumOfIp = 10;
constexpr std::size_t kSource = 12;
constexpr std::size_t kDestination = 16;
constexpr std::size_t kUdpHeader = 8;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint16_t kFirstPort = 20'000;
constexpr std::uint16_t kLastPort = 60'000;

std::uint16_t read16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}

std::uint32_t read32(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(read16(bytes, at)) << 16U | read16(bytes, at + 2);
}

void write16(Bytes bytes, std::size_t at, std::uint32_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8U);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

/// Where UDP begins; none if this is not the header of a UDP packet over IPv4.
std::optional<std::size_t> udp_of(Bytes packet) {
  if (packet.size() < 20 || packet[0] >> 4U != 4 || packet[9] != kUdp) return {};
  const std::size_t header = static_cast<std::size_t>(packet[0] & 0x0fU) * 4;
  const bool is_later_fragment = (read16(packet, 6) & 0x1fffU) != 0;
  if (header < 20 || packet.size() < header + kUdpHeader || is_later_fragment) return {};
  return header;
}

/// RFC 1624, equation 3: HC' = ~(~HC + ~m + m').
std::uint16_t updated(std::uint16_t checksum, std::uint16_t before, std::uint16_t after) {
  std::uint32_t sum =
      static_cast<std::uint16_t>(~checksum) + static_cast<std::uint32_t>(static_cast<std::uint16_t>(~before)) + after;
  sum = (sum & 0xffffU) + (sum >> 16U);
  sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

/// Writes 16 bits that the checksums at `sums` cover.
void replace16(Bytes packet, std::size_t at, std::uint32_t value, std::span<const std::size_t> sums) {
  const auto before = read16(packet, at);
  const auto after = static_cast<std::uint16_t>(value);
  for (const auto sum : sums) write16(packet, sum, updated(read16(packet, sum), before, after));
  write16(packet, at, after);
}

void replace(Bytes packet, std::size_t udp, std::size_t address_at, std::size_t port_at,
             std::pair<std::uint32_t, std::uint16_t> endpoint) {
  const std::size_t sum = udp + 6;
  const bool has_sum = read16(packet, sum) != 0;  // zero: the sender made none
  const std::size_t all[] = {sum, kChecksumOfIp};
  const auto of_address = std::span(all).subspan(has_sum ? 0 : 1);
  replace16(packet, address_at, endpoint.first >> 16U, of_address);
  replace16(packet, address_at + 2, endpoint.first & 0xffffU, of_address);
  replace16(packet, port_at, endpoint.second, std::span(all).subspan(0, has_sum ? 1 : 0));
  if (has_sum && read16(packet, sum) == 0) write16(packet, sum, 0xffffU);  // the other zero: zero means none
}

}  // namespace

void Rebinding::rebind(std::optional<std::uint32_t> address) {
  is_active_ = true;
  address_ = address;
  outside_of_.clear();
  inside_of_.clear();
}

std::optional<Rebinding::Endpoint> Rebinding::mapped(Endpoint inside) {
  if (const auto known = outside_of_.find(inside); known != outside_of_.end()) return known->second;
  if (outside_of_.size() >= kMaxMappings) return {};
  // Ports of former mappings come again only when all have been used.
  const Endpoint outside(address_.value_or(inside.first), next_port_);
  next_port_ = next_port_ == kLastPort ? kFirstPort : static_cast<std::uint16_t>(next_port_ + 1);
  outside_of_[inside] = outside;
  inside_of_[outside] = inside;
  return outside;
}

bool Rebinding::outward(std::span<std::uint8_t> packet) {
  const auto udp = udp_of(packet);
  if (!is_active_ || !udp) return true;
  const auto outside = mapped({read32(packet, kSource), read16(packet, *udp)});
  if (!outside) return ++refused_, false;
  replace(packet, *udp, kSource, *udp, *outside);
  return true;
}

bool Rebinding::inward(std::span<std::uint8_t> packet) {
  const auto udp = udp_of(packet);
  if (!is_active_ || !udp) return true;
  const auto inside = inside_of_.find({read32(packet, kDestination), read16(packet, *udp + 2)});
  if (inside == inside_of_.end()) return ++refused_, false;
  replace(packet, *udp, kDestination, *udp + 2, inside->second);
  return true;
}

std::optional<std::uint32_t> parse_ipv4(const char* text) {
  unsigned a = 0, b = 0, c = 0, d = 0;
  char rest = 0;
  if (std::sscanf(text, "%3u.%3u.%3u.%3u%c", &a, &b, &c, &d, &rest) != 4) return {};
  if (a > 255 || b > 255 || c > 255 || d > 255) return {};
  return a << 24U | b << 16U | c << 8U | d;
}

}  // namespace rtcbot::linklab
