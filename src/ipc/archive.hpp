#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "fields.hpp"

// Encodes and decodes the fields of a message by one description for both directions (`fields.hpp`).
namespace rtcbot::ipc {

/// Maximum length of any list in a message.
inline constexpr std::size_t kMaxListLength = 256;
/// Larger times and rates are invalid, and would overflow in sums.
inline constexpr std::int64_t kMaxTime = std::int64_t{1} << 60;
inline constexpr std::int64_t kMaxRate = std::int64_t{1} << 50;

template <class T>
concept Number = std::is_arithmetic_v<T> && !std::same_as<T, bool>;

/// Appends fields to a buffer.
class Writer {
 public:
  explicit Writer(std::vector<std::uint8_t>& bytes) : bytes_(bytes) {}

  template <Number T>
  void put(T value) {
    const auto raw = std::bit_cast<std::array<std::uint8_t, sizeof(T)>>(value);
    bytes_.insert(bytes_.end(), raw.begin(), raw.end());
  }
  void put(bool value) { put(static_cast<std::uint8_t>(value ? 1 : 0)); }
  template <class E>
  requires std::is_enum_v<E>
  void put(E value) { put(static_cast<std::uint32_t>(value)); }
  void put(const std::string& text) {
    put(static_cast<std::uint32_t>(text.size()));
    bytes_.insert(bytes_.end(), text.begin(), text.end());
  }
  void put(Timestamp time) { put(time.time_since_epoch().count()); }
  void put(std::chrono::milliseconds time) { put(std::int64_t{time.count()}); }
  void put(DataRate rate) { put(rate.bits_per_second()); }
  void put(const AudioBlock& block) {
    const auto* raw = reinterpret_cast<const std::uint8_t*>(block.data());
    bytes_.insert(bytes_.end(), raw, raw + sizeof(AudioBlock));
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T>
  void put(const std::vector<T>& list) {
    put(static_cast<std::uint32_t>(list.size()));
    for (const T& each : list) put(each);
  }
  /// A message, or a part of one.
  template <HasFields T>
  void put(const T& message) {
    std::apply([&](const auto&... field) { (put(field), ...); }, fields_of(message));
  }

 private:
  std::vector<std::uint8_t>& bytes_;
};

/// Decodes fields from bytes. After the first error it stays failed and decodes nothing more.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool is_good() const { return good_; }
  [[nodiscard]] std::span<const std::uint8_t> rest() const { return bytes_; }

  template <Number T>
  void get(T& value) {
    const auto raw = take(sizeof(T));
    if (raw.size() != sizeof(T)) return;
    std::memcpy(&value, raw.data(), sizeof(T));
    if constexpr (std::is_floating_point_v<T>) {
      if (!std::isfinite(value)) value = 0;
    }
  }
  void get(bool& value) {
    std::uint8_t byte = 0;
    get(byte);
    expect(byte <= 1);
    value = byte == 1;
  }
  template <class E>
  requires std::is_enum_v<E>
  void get(E& value) {
    std::uint32_t number = 0;
    get(number);
    expect(number <= static_cast<std::uint32_t>(max_of(E{})));
    if (good_) value = static_cast<E>(number);
  }
  void get(std::string& text) {
    std::uint32_t length = 0;
    get(length);
    const auto raw = take(length);
    text.assign(raw.begin(), raw.end());
  }
  void get(Timestamp& time) {
    std::int64_t count = 0;
    get(count);
    expect(count == kNever.time_since_epoch().count() || (count >= -kMaxTime && count <= kMaxTime));
    if (good_) time = Timestamp(Duration(count));
  }
  void get(std::chrono::milliseconds& time) {
    std::int64_t count = 0;
    get(count);
    expect(count >= -kMaxRate && count <= kMaxRate);
    if (good_) time = std::chrono::milliseconds(count);
  }
  void get(DataRate& rate) {
    std::int64_t bits = 0;
    get(bits);
    expect(bits >= 0 && bits <= kMaxRate);
    if (good_) rate = DataRate::bits_per_second(bits);
  }
  void get(AudioBlock& block) {
    const auto raw = take(sizeof(AudioBlock));
    if (raw.size() == sizeof(AudioBlock)) std::memcpy(block.data(), raw.data(), raw.size());
  }
  template <class T>
  void get(std::optional<T>& value) {
    bool has = false;
    get(has);
    if (good_ && has) get(value.emplace());
  }
  template <class T>
  void get(std::vector<T>& list) {
    std::uint32_t length = 0;
    get(length);
    expect(length <= kMaxListLength);
    for (std::uint32_t i = 0; good_ && i < length; ++i) get(list.emplace_back());
  }
  template <HasFields T>
  void get(T& message) {
    std::apply([&](auto&... field) { (get(field), ...); }, fields_of(message));
  }

 private:
  void expect(bool condition) { good_ = good_ && condition; }
  std::span<const std::uint8_t> take(std::size_t size) {
    expect(size <= bytes_.size());
    if (!good_) return {};
    const auto taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }

  std::span<const std::uint8_t> bytes_;
  bool good_ = true;
};

}  // namespace rtcbot::ipc
