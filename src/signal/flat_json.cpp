#include "flat_json.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "scan.hpp"

namespace rtcbot::signal {
namespace {

/// Returns the end of the text from `from` on that JSON needs no escape for: printable ASCII except quote and
/// backslash.
std::size_t plain_end(std::string_view text, std::size_t from) {
  return find_stop(text, from, [](SomeBytes bytes) {
    return bytes.below(0x20) | bytes.equal('"') | bytes.equal('\\') | bytes.equal(0x7f) | bytes.beyond_ascii();
  });
}

/// Letters after a backslash, and the characters that they encode. `\u` is not supported: such texts go to
/// nlohmann/json.
constexpr std::string_view kLetters = "\"\\/bfnrt";
constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";

/// Indexed by the byte; zero where there is no entry.
using ByteTable = std::array<char, 256>;

constexpr ByteTable table_of(std::string_view from, std::string_view to) {
  ByteTable table{};
  for (std::size_t i = 0; i < from.size(); ++i) table.at(static_cast<unsigned char>(from[i])) = to[i];
  return table;
}

constexpr ByteTable kMeaningOf = table_of(kLetters, kMeanings);
constexpr ByteTable kLetterOf = table_of(kMeanings, kLetters);

char look_up(const ByteTable& table, char c) { return table[static_cast<unsigned char>(c)]; }

class FlatReader {
 public:
  FlatReader(std::string_view text, RawText* raw) : text_(text), raw_(raw) {}

  std::optional<Json> read() {
    Json object = Json::object();
    if (!take('{')) return std::nullopt;
    if (!take('}')) {
      do {
        if (object.size() == kMaxFlatFields || !read_field(object)) return std::nullopt;
      } while (take(','));
      if (!take('}')) return std::nullopt;
    }
    skip_space();
    if (at_ != text_.size()) return std::nullopt;
    return object;
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }

  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  bool read_field(Json& object) {
    auto name = read_text();
    if (!name || !take(':')) return false;
    skip_space();
    const auto begin = at_;
    auto value = read_value();
    if (raw_ != nullptr && *name == raw_->name && value && value->is_string()) {
      raw_->quoted = text_.substr(begin, at_ - begin);
    }
    return value && object.emplace(std::move(*name), std::move(*value)).second;
  }

  std::optional<Json> read_value() {
    skip_space();
    if (at_ == text_.size()) return std::nullopt;
    if (text_[at_] == '"') return read_text();
    if (take("true")) return Json(true);
    if (take("false")) return Json(false);
    return read_number();
  }

  std::optional<std::string> read_text() {
    if (!take('"')) return std::nullopt;
    std::string value;
    while (true) {
      const auto end = plain_end(text_, at_);
      value.append(text_.substr(at_, end - at_));
      at_ = end;
      if (at_ == text_.size()) return std::nullopt;
      const char c = text_[at_++];
      if (c == '"') return value;
      if (c != '\\' || at_ == text_.size()) return std::nullopt;
      const char meaning = look_up(kMeaningOf, text_[at_++]);
      if (meaning == 0) return std::nullopt;
      value += meaning;
      value.reserve(value.size() + text_.size() - at_);  // A text with escapes is long: it is most of the message.
    }
  }

  /// Reads at most 18 digits, which fit into 64 bits.
  std::optional<Json> read_number() {
    const auto begin = at_;
    std::uint64_t number = 0;
    for (; at_ < text_.size() && at_ - begin < 18 && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      number = number * 10 + static_cast<std::uint64_t>(text_[at_] - '0');
    }
    const bool has_needless_zero = at_ - begin > 1 && text_[begin] == '0';
    const bool ends = at_ < text_.size() && std::string_view(",} \t\r\n").find(text_[at_]) != std::string_view::npos;
    if (at_ == begin || has_needless_zero || !ends) return std::nullopt;
    return Json(number);
  }

  std::string_view text_;
  RawText* raw_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<Json> parse_flat(std::string_view text, RawText* raw) {
  auto json = FlatReader(text, raw).read();
  if (!json && raw != nullptr) raw->quoted = {};
  return json;
}

bool append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto before = out.size();
  out.reserve(before + text.size() + text.size() / 8 + 2);
  out += '"';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto end = plain_end(text, at);
    out.append(text.substr(at, end - at));
    at = end;
    if (at == text.size()) break;
    const auto c = static_cast<unsigned char>(text[at]);
    const char letter = look_up(kLetterOf, text[at]);
    if (c >= 0x80) return out.resize(before), false;
    if (letter != 0) {
      out += '\\';
      out += letter;
    } else if (c == 0x7f) {
      out += text[at];
    } else {
      out.append("\\u00").append(1, kHex[c >> 4U]).append(1, kHex[c & 15U]);
    }
  }
  out += '"';
  return true;
}

}  // namespace rtcbot::signal
