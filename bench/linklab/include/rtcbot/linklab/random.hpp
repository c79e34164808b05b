#pragma once

#include <cstdint>

namespace rtcbot::linklab {

/// Dice whose sequence depends on the seed alone: the same on every platform and compiler.
///
/// Source: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
/// Integer arithmetic only. Distinct objects are independent; not thread-safe.
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_(seed) {}

  /// Each value of 64 bits is equally likely.
  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  /// True with this probability (0 ... 1). Always consumes one value, so that what follows does not depend on it.
  constexpr bool chance(double probability) {
    constexpr double kUnit = 1.0 / 9007199254740992.0;  // 2^-53: exact in a double
    return static_cast<double>(next() >> 11U) * kUnit < probability;
  }

  /// From `low` to `high`, both included, equally likely but for a bias below 2^-32.  @pre low <= high, less than 2^32
  /// apart.
  constexpr std::int64_t between(std::int64_t low, std::int64_t high) {
    const auto count = static_cast<std::uint64_t>(high - low) + 1;
    return low + static_cast<std::int64_t>(((next() >> 32U) * count) >> 32U);
  }

 private:
  std::uint64_t state_;
};

}  // namespace rtcbot::linklab
