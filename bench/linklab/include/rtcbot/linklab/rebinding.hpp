#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>

namespace rtcbot::linklab {

/// A carrier's NAT that forgets: until the first `rebind` packets pass as they are; from then on those of UDP over
/// IPv4 appear from another port (and address, if one is given), and what is sent to where they came from before finds
/// nobody.
///
/// Checksums are updated, not computed again (RFC 1624), so that a wrong one stays wrong. Everything but UDP over IPv4,
/// and fragments behind the first, passes unchanged. No I/O. Not thread-safe.
class Rebinding {
 public:
  /// So many sources a rebinding are translated; packets of more are refused.
  static constexpr std::size_t kMaxMappings = 4096;

  /// Forgets all mappings. `address`: where packets come from now, in the order of the bytes as a number; none: as they
  /// are.
  void rebind(std::optional<std::uint32_t> address = std::nullopt);

  /// Translates in place. False: the packet is to be dropped, as there is no room for another mapping.
  [[nodiscard]] bool outward(std::span<std::uint8_t> packet);

  /// Translates back in place. False: the packet is to be dropped, as it is for nobody that is known now.
  [[nodiscard]] bool inward(std::span<std::uint8_t> packet);

  /// Packets refused by `inward` and `outward`.
  [[nodiscard]] std::int64_t refused() const { return refused_; }

 private:
  using Endpoint = std::pair<std::uint32_t, std::uint16_t>;

  [[nodiscard]] std::optional<Endpoint> mapped(Endpoint inside);

  bool is_active_ = false;
  std::optional<std::uint32_t> address_;
  std::uint16_t next_port_ = 20'000;
  std::map<Endpoint, Endpoint> outside_of_;
  std::map<Endpoint, Endpoint> inside_of_;
  std::int64_t refused_ = 0;
};

/// "10.77.0.9" as a number; none when it is no IPv4 address.
[[nodiscard]] std::optional<std::uint32_t> parse_ipv4(const char* text);

}  // namespace rtcbot::linklab
