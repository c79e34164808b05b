#include "rtcbot/actuator/mended_json.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "rtcbot/base/utf8.hpp"

namespace rtcbot::actuator {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
unsigned byte_of(char c) { return static_cast<unsigned char>(c); }

/// True for characters of numbers and words; other characters outside strings are JSON's own, or errors.
bool is_bare(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' || c == '.' ||
         c == '_' || byte_of(c) >= 0x80;
}

std::size_t digits_at(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count;
}

/// Removes leading digits. True if there were any.
bool take_digits(std::string_view& text) {
  const auto count = digits_at(text);
  text.remove_prefix(count);
  return count > 0;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

bool is_number(std::string_view text) {
  const std::string whole(text);
  take(text, "-");
  const bool begins_with_zero = !text.empty() && text[0] == '0';
  if (begins_with_zero ? !take(text, "0") : !take_digits(text)) return false;
  if (take(text, ".") && !take_digits(text)) return false;
  if (take(text, "eE")) {
    take(text, "+-");
    if (!take_digits(text)) return false;
  }
  return text.empty() && std::isfinite(std::strtod(whole.c_str(), nullptr));
}

bool is_json_word(std::string_view word) {
  return word == "true" || word == "false" || word == "null" || is_number(word);
}

/// Repairs the text in one pass.
class Mender {
 public:
  explicit Mender(std::string_view text) : left_(text) {}

  MendedJson run() {
    while (!left_.empty()) {
      if (left_[0] == '"') {
        copy_string();
      } else if (is_bare(left_[0])) {
        copy_word();
      } else {
        copy(1);
      }
    }
    return std::move(mended_);
  }

 private:
  void copy(std::size_t count) {
    mended_.text.append(left_.substr(0, count));
    left_.remove_prefix(std::min(count, left_.size()));
  }
  void replace(std::size_t count, std::string_view with) {
    ++mended_.faults;
    mended_.text.append(with);
    left_.remove_prefix(count);
  }
  void copy_word() {
    std::size_t size = 0;
    while (size < left_.size() && is_bare(left_[size])) ++size;
    if (is_json_word(left_.substr(0, size))) return copy(size);
    replace(size, "null");
  }
  void copy_string() {
    copy(1);
    while (!left_.empty() && left_[0] != '"') copy_character();
    copy(1);
  }
  void copy_character() {
    if (left_[0] == '\\' && left_.size() > 1 && byte_of(left_[1]) >= 0x20 && byte_of(left_[1]) < 0x80) return copy(2);
    if (byte_of(left_[0]) < 0x20) return replace(1, " ");
    const auto length = utf8_length(left_);
    if (length == 0) return replace(1, kReplacement);
    copy(length);
  }

  std::string_view left_;
  MendedJson mended_;
};

}  // namespace

MendedJson mend_json(std::string_view text) { return Mender(text).run(); }

}  // namespace rtcbot::actuator
