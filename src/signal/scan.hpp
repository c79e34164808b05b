#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace rtcbot::signal {

/// Eight bytes of a text, the first of them lowest. What is asked about them answers with the highest bit of a byte;
/// only the lowest of the bits is sure, as a byte borrows from the next one.
class EightBytes {
 public:
  explicit EightBytes(std::uint64_t bytes) : bytes_(bytes) {}
  /// @pre limit <= 128
  [[nodiscard]] std::uint64_t below(unsigned char limit) const { return (bytes_ - kOnes * limit) & ~bytes_ & kHighest; }
  [[nodiscard]] std::uint64_t equal(unsigned char c) const { return EightBytes(bytes_ ^ kOnes * c).below(1); }
  [[nodiscard]] std::uint64_t beyond_ascii() const { return bytes_ & kHighest; }

 private:
  static constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101, kHighest = kOnes * 128;
  std::uint64_t bytes_;
};

/// The place of the first byte at `from` or later for which `stops` says so; the text's size if there is none. `stops`
/// joins with `|` what it asks of `EightBytes`, and does not stop at a letter.
template <class Stops>
std::size_t find_stop(std::string_view text, std::size_t from, Stops stops) {
  static_assert(std::endian::native == std::endian::little, "the first byte shall be the lowest");
  const auto place_in = [&](std::uint64_t word) {
    const std::uint64_t found = stops(EightBytes(word));
    return found == 0 ? sizeof word : static_cast<std::size_t>(std::countr_zero(found)) / 8;
  };
  std::uint64_t word = 0;
  for (; from + sizeof word <= text.size(); from += sizeof word) {
    std::memcpy(&word, text.data() + from, sizeof word);
    const auto place = place_in(word);
    if (place < sizeof word) return from + place;
  }
  word = 0x6161'6161'6161'6161;  // letters behind the end
  if (from < text.size()) std::memcpy(&word, text.data() + from, text.size() - from);
  return std::min(from + place_in(word), text.size());
}

}  // namespace rtcbot::signal
