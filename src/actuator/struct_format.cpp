#include "rtcbot/actuator/struct_format.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

namespace rtcbot::actuator {
namespace {

/// Size and range of a format character; nothing if it is unknown or unsupported.
std::optional<StructFormat::Item> item_of(char type) {
  using Item = StructFormat::Item;
  switch (type) {
    case 'b': return Item{.type = type, .size = 1, .least = -128, .most = 127};
    case 'B': return Item{.type = type, .size = 1, .least = 0, .most = 255};
    case '?': return Item{.type = type, .size = 1, .least = 0, .most = 1};
    case 'h': return Item{.type = type, .size = 2, .least = -32'768, .most = 32'767};
    case 'H': return Item{.type = type, .size = 2, .least = 0, .most = 65'535};
    case 'i':
    case 'l': return Item{.type = type, .size = 4, .least = -2'147'483'648.0, .most = 2'147'483'647.0};
    case 'I':
    case 'L': return Item{.type = type, .size = 4, .least = 0, .most = 4'294'967'295.0};
    case 'q':  // The largest doubles below 2^63 and 2^64.
      return Item{.type = type, .size = 8, .least = -9'223'372'036'854'774'784.0, .most = 9'223'372'036'854'774'784.0};
    case 'Q': return Item{.type = type, .size = 8, .least = 0, .most = 18'446'744'073'709'549'568.0};
    case 'f': return Item{.type = type, .size = 4, .least = -1, .most = 1};
    case 'd': return Item{.type = type, .size = 8, .least = -1, .most = 1};
    default: return std::nullopt;
  }
}

std::uint64_t bits_of(const StructFormat::Item& item, double value) {
  if (item.type == 'd') return std::bit_cast<std::uint64_t>(value);
  if (item.type == 'f') return std::bit_cast<std::uint32_t>(static_cast<float>(value));
  const double whole = std::isnan(value) ? 0 : std::round(std::clamp(value, item.least, item.most));
  if (!item.is_signed()) return static_cast<std::uint64_t>(whole);
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(whole));
}

double value_of(const StructFormat::Item& item, std::uint64_t bits) {
  if (item.type == 'd') return std::bit_cast<double>(bits);
  if (item.type == 'f') return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  if (item.type == '?') return bits != 0 ? 1 : 0;
  if (!item.is_signed()) return static_cast<double>(bits);
  const int above = static_cast<int>(64 - 8 * item.size);  // extends the sign into the unread bits
  return static_cast<double>(static_cast<std::int64_t>(bits << above) >> above);
}

}  // namespace

Result<StructFormat> StructFormat::parse(std::string_view format) {
  if (format.empty() || std::string_view("<>=!").find(format[0]) == std::string_view::npos) {
    return fail(Errc::bad_config,
                "a struct format begins with < (little endian, as nearly all boards are) or >: e.g. <hh");
  }
  StructFormat made;
  made.is_big_endian_ = format[0] == '>' || format[0] == '!';
  std::size_t count = 0;
  bool has_count = false;
  for (const char c : format.substr(1)) {
    if (c >= '0' && c <= '9') {
      count = std::min(count * 10 + static_cast<std::size_t>(c - '0'), kMaxBytes + 1);
      has_count = true;
      continue;
    }
    const std::size_t times = has_count ? count : 1;
    count = 0;
    has_count = false;
    auto item = item_of(c);
    if (!item && c != 'x') {
      return fail(
          Errc::bad_config,
          std::string("a struct format consists of numbers (b B h H i I l L q Q ? f d) and padding bytes (x); not '")
              .append(1, c >= 0x21 && c <= 0x7e ? c : ' ')
              .append("'"));
    }
    for (std::size_t i = 0; i < times && made.size_ <= kMaxBytes; ++i) {
      if (item) {
        item->offset = made.size_;
        made.items_.push_back(*item);
      }
      made.size_ += item ? item->size : 1;
    }
  }
  if (has_count) return fail(Errc::bad_config, "a struct format ends with a count, but no type follows it");
  if (made.items_.empty()) return fail(Errc::bad_config, "the struct format contains no number");
  if (made.size_ > kMaxBytes) {
    return fail(Errc::bad_config, "a struct has at most " + std::to_string(kMaxBytes) + " bytes");
  }
  return made;
}

std::size_t StructFormat::position(const Item& item, std::size_t significance) const {
  return item.offset + (is_big_endian_ ? item.size - 1 - significance : significance);
}

void StructFormat::put(std::span<std::uint8_t> record, const Item& item, double value) const {
  const std::uint64_t bits = bits_of(item, value);
  for (std::size_t i = 0; i < item.size; ++i) record[position(item, i)] = static_cast<std::uint8_t>(bits >> (8 * i));
}

double StructFormat::get(std::span<const std::uint8_t> record, const Item& item) const {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < item.size; ++i) bits |= std::uint64_t{record[position(item, i)]} << (8 * i);
  return value_of(item, bits);
}

}  // namespace rtcbot::actuator
