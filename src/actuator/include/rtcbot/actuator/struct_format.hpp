#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/result.hpp"

namespace rtcbot::actuator {

/// The format of a record of bytes in the notation of Python's `struct`, which RTCBot's SerialConnection uses: "<hhB".
/// Source: the table of format characters in the documentation of Python's module `struct`, without native padding and
/// alignment.
///
/// A value; pure.
class StructFormat {
 public:
  /// One number of the record.
  struct Item {
    char type = 'b';             ///< b B h H i I l L q Q ? f d
    std::size_t offset = 0;      ///< Bytes from the start.
    std::size_t size = 1;        ///< Bytes.
    double least = 0, most = 0;  ///< Its range; -1 to 1 for f and d, where 1 is full speed.

    [[nodiscard]] bool is_floating() const { return type == 'f' || type == 'd'; }
    [[nodiscard]] bool is_signed() const { return least < 0; }
    friend bool operator==(const Item&, const Item&) = default;
  };
  static constexpr std::size_t kMaxBytes = 64;

  /// "<" or "=" for little endian, ">" or "!" for big endian, then characters with optional counts ("2hx?").
  /// Errors: bad_config, with a sentence.
  [[nodiscard]] static Result<StructFormat> parse(std::string_view format);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const std::vector<Item>& items() const { return items_; }

  /// Writes a number at `item`. A value out of range becomes the nearest possible one, and NaN becomes 0.
  /// @pre `record` has `size()` bytes.
  void put(std::span<std::uint8_t> record, const Item& item, double value) const;

  /// Reads the number at `item`.  @pre as for `put`.
  [[nodiscard]] double get(std::span<const std::uint8_t> record, const Item& item) const;

  friend bool operator==(const StructFormat&, const StructFormat&) = default;

 private:
  [[nodiscard]] std::size_t position(const Item& item, std::size_t significance) const;

  std::vector<Item> items_;
  std::size_t size_ = 0;
  bool is_big_endian_ = false;
};

}  // namespace rtcbot::actuator
