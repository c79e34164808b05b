#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace rtcbot::signal {

#ifdef __SSE2__

/// A block of bytes. Each query returns the set of matching positions.
class SomeBytes {
 public:
  using Places = __m128i;
  static constexpr std::size_t kCount = 16;

  /// @pre `kCount` bytes are readable
  explicit SomeBytes(const char* text) : bytes_(_mm_loadu_si128(reinterpret_cast<const __m128i*>(text))) {}
  /// @pre 0 < limit <= 128
  [[nodiscard]] Places below(unsigned char limit) const {
    const auto last = _mm_set1_epi8(static_cast<char>(limit - 1));
    return _mm_cmpeq_epi8(_mm_min_epu8(bytes_, last), bytes_);
  }
  [[nodiscard]] Places equal(unsigned char c) const {
    return _mm_cmpeq_epi8(bytes_, _mm_set1_epi8(static_cast<char>(c)));
  }
  [[nodiscard]] Places beyond_ascii() const { return bytes_; }
  /// Returns the first position; `kCount` if the set is empty.
  [[nodiscard]] static std::size_t first(Places places) {
    const auto bits = static_cast<unsigned>(_mm_movemask_epi8(places));
    return bits == 0 ? kCount : static_cast<std::size_t>(std::countr_zero(bits));
  }

 private:
  __m128i bytes_;
};

#else

/// Eight bytes, the first one lowest. Each query sets the highest bit of matching bytes. Only the lowest set bit is
/// reliable, because the subtraction borrows across bytes.
class SomeBytes {
 public:
  using Places = std::uint64_t;
  static constexpr std::size_t kCount = 8;

  /// @pre `kCount` bytes are readable
  explicit SomeBytes(const char* text) {
    static_assert(std::endian::native == std::endian::little, "the first byte shall be the lowest");
    std::memcpy(&bytes_, text, kCount);
  }
  /// @pre 0 < limit <= 128
  [[nodiscard]] Places below(unsigned char limit) const { return zero_below(bytes_, limit); }
  [[nodiscard]] Places equal(unsigned char c) const { return zero_below(bytes_ ^ kOnes * c, 1); }
  [[nodiscard]] Places beyond_ascii() const { return bytes_ & kHighest; }
  /// Returns the first position; `kCount` if the set is empty.
  [[nodiscard]] static std::size_t first(Places places) {
    return places == 0 ? kCount : static_cast<std::size_t>(std::countr_zero(places)) / 8;
  }

 private:
  static constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101, kHighest = kOnes * 128;
  static Places zero_below(std::uint64_t bytes, unsigned char limit) {
    return (bytes - kOnes * limit) & ~bytes & kHighest;
  }
  std::uint64_t bytes_ = 0;
};

#endif

/// Returns the position of the first byte at `from` or later that `stops` matches; the text's size if there is none.
/// `stops` combines queries of `SomeBytes` with `|` and must not match letters.
template <class Stops>
std::size_t find_stop(std::string_view text, std::size_t from, Stops stops) {
  constexpr std::size_t kCount = SomeBytes::kCount;
  for (; from + kCount <= text.size(); from += kCount) {
    const auto place = SomeBytes::first(stops(SomeBytes(text.data() + from)));
    if (place < kCount) return from + place;
  }
  char rest[kCount];  // padded with letters at the end
  std::memset(rest, 'a', kCount);
  if (from < text.size()) std::memcpy(rest, text.data() + from, text.size() - from);
  return std::min(from + SomeBytes::first(stops(SomeBytes(rest))), text.size());
}

}  // namespace rtcbot::signal
