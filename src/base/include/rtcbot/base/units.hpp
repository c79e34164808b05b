#pragma once

#include <compare>
#include <cstdint>

#include "rtcbot/base/time.hpp"

namespace rtcbot {

/// A number of bytes. A difference may be negative.
class DataSize {
 public:
  constexpr DataSize() = default;
  [[nodiscard]] static constexpr DataSize bytes(std::int64_t n) { return DataSize(n); }

  [[nodiscard]] constexpr std::int64_t bytes() const { return bytes_; }

  friend constexpr auto operator<=>(DataSize, DataSize) = default;
  friend constexpr DataSize operator+(DataSize a, DataSize b) { return DataSize(a.bytes_ + b.bytes_); }
  friend constexpr DataSize operator-(DataSize a, DataSize b) { return DataSize(a.bytes_ - b.bytes_); }
  constexpr DataSize& operator+=(DataSize other) { return *this = *this + other; }
  constexpr DataSize& operator-=(DataSize other) { return *this = *this - other; }

 private:
  constexpr explicit DataSize(std::int64_t n) : bytes_(n) {}
  std::int64_t bytes_ = 0;
};

/// A data rate. Stored in bits per second, the unit that people recognise in a debugger.
class DataRate {
 public:
  constexpr DataRate() = default;
  [[nodiscard]] static constexpr DataRate bits_per_second(std::int64_t n) { return DataRate(n); }
  [[nodiscard]] static constexpr DataRate kilobits_per_second(std::int64_t n) { return DataRate(n * 1000); }

  [[nodiscard]] constexpr std::int64_t bits_per_second() const { return bits_per_second_; }
  [[nodiscard]] constexpr std::int64_t kilobits_per_second() const { return bits_per_second_ / 1000; }

  friend constexpr auto operator<=>(DataRate, DataRate) = default;

  /// The amount of data in a duration, rounded down. Exact for products below 2^63 (a day at 100 Gbit/s).
  friend constexpr DataSize operator*(DataRate rate, Duration time) {
    return DataSize::bytes(rate.bits_per_second_ * (time.count() / 1000) / 8000 +
                           rate.bits_per_second_ * (time.count() % 1000) / 8'000'000);
  }
  friend constexpr DataSize operator*(Duration time, DataRate rate) { return rate * time; }
  friend constexpr DataRate operator*(DataRate rate, double factor) {
    return DataRate(static_cast<std::int64_t>(static_cast<double>(rate.bits_per_second_) * factor));
  }

 private:
  constexpr explicit DataRate(std::int64_t n) : bits_per_second_(n) {}
  std::int64_t bits_per_second_ = 0;
};

/// The rate that carries `size` in `time`.  @pre `time` is positive.
[[nodiscard]] constexpr DataRate operator/(DataSize size, Duration time) {
  return DataRate::bits_per_second(size.bytes() * 8'000'000 / time.count());
}

/// The time that `size` takes at `rate`, rounded down.  @pre `rate` is positive.
[[nodiscard]] constexpr Duration operator/(DataSize size, DataRate rate) {
  return Duration(size.bytes() * 8'000'000 / rate.bits_per_second());
}

}  // namespace rtcbot
