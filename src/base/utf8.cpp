#include "rtcbot/base/utf8.hpp"

#include <algorithm>

namespace rtcbot {
namespace {

unsigned byte_of(char c) { return static_cast<unsigned char>(c); }
bool is_continuation(char c) { return (byte_of(c) & 0xC0U) == 0x80U; }

/// The sequence length that the first byte announces; 0 if it is not a valid first byte.
std::size_t announced(unsigned first) {
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  if (first < 0xE0) return 2;
  return first < 0xF0 ? 3 : 4;
}

/// True for overlong forms, UTF-16 surrogates, and code points beyond U+10FFFF.
bool is_forbidden(unsigned first, unsigned second) {
  return (first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) || (first == 0xF0 && second < 0x90) ||
         (first == 0xF4 && second >= 0x90);
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const std::size_t length = announced(byte_of(text[0]));
  if (length <= 1) return length;
  if (text.size() < length ||
      !std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), is_continuation))
    return 0;
  return is_forbidden(byte_of(text[0]), byte_of(text[1])) ? 0 : length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string_view cut_utf8(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && is_continuation(text[end])) --end;
  return text.substr(0, end);
}

std::string as_utf8(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto length = utf8_length(text);
    result.append(length == 0 ? "\xEF\xBF\xBD" : text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

}  // namespace rtcbot
