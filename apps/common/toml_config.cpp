#include "common/toml_config.hpp"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <charconv>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "common/nearest.hpp"

namespace rtcbot::app {
namespace {

std::string place(const std::string& path, const toml::source_position& at) {
  return path + ", line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ": ";
}

tl::unexpected<Error> wrong(const std::string& path, const toml::source_position& at, const std::string& what) {
  return fail(Errc::bad_config, place(path, at) + what);
}

std::string text_of(double number) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return error == std::errc() ? std::string(buffer.data(), end) : std::to_string(number);
}

/// A single value in the form of the command line; nothing for a TOML form that no flag takes.
std::optional<std::string> word_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  if (const auto* number = node.as_floating_point(); number != nullptr && std::isfinite(number->get())) {
    return text_of(number->get());
  }
  return std::nullopt;
}

Result<std::vector<std::string>> words_of(const toml::node& node, const std::string& path) {
  constexpr const char* kNone = "a value is a text in quotes, a number, true or false, or a list of these";
  if (const auto* list = node.as_array()) {
    std::vector<std::string> words;
    for (const auto& each : *list) {
      const auto word = word_of(each);
      if (!word) return wrong(path, each.source().begin, kNone);
      words.push_back(*word);
    }
    return words;
  }
  const auto word = word_of(node);
  if (!word) return wrong(path, node.source().begin, kNone);
  return word->empty() ? std::vector<std::string>() : std::vector<std::string>{*word};
}

std::string unknown_key(const std::string& name, const std::vector<std::string>& known) {
  return "'" + name + "' is not a flag of this program" +
         did_you_mean(nearest(name, known), "; --help lists the flags");
}

/// The line of `text` with this number, from 1; empty if there is none.
std::string_view line_of(std::string_view text, toml::source_index number) {
  for (toml::source_index line = 1; line < number; ++line) {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  return text.substr(0, text.find('\n'));
}

/// A key that is set twice.
struct Redefinition {
  std::string name;
  toml::source_position first, second;
};

/// Nothing if the parser's error is another one.
std::optional<Redefinition> redefinition_in(std::string_view text, const toml::parse_error& error) {
  if (error.description().find("redefine") == std::string_view::npos) return std::nullopt;
  const auto line = line_of(text, error.source().begin.line);
  const auto before = text.substr(0, static_cast<std::size_t>(line.data() - text.data()));
  const std::string pair = std::string(line.substr(0, line.find('='))).append("= 0");
  const toml::parse_result second = toml::parse(pair);
  const toml::parse_result first = toml::parse(before);
  if (!second || !first || second.table().size() != 1) return std::nullopt;
  const auto& key = second.table().begin()->first;
  const auto found = first.table().find(key.str());
  if (found == first.table().end()) return std::nullopt;
  const toml::source_position at{error.source().begin.line, key.source().begin.column};
  return Redefinition{std::string(key.str()), found->first.source().begin, at};
}

std::string sentence_of(const Redefinition& key) {
  const auto& [name, first, second] = key;
  return "'" + name + "' is already set in line " + std::to_string(first.line) + ", column " +
         std::to_string(first.column) + "; remove one of them, or write several values as a list: " + name +
         " = [\"…\", \"…\"]";
}

/// TOML's own message, with a hint for a text without quotes, which other formats allow.
std::string syntax_error(const toml::parse_error& error) {
  std::string text(error.description());
  if (text.find("value") != std::string::npos) text += "; write a text in quotes: name = \"digger\"";
  return "this is not TOML: " + text;
}

Result<ConfigKey> read_key(const toml::key& key, const toml::node& node, const std::string& path,
                           const std::vector<std::string>& known) {
  const std::string name(key.str());
  const auto at = key.source().begin;
  if (node.is_table() || node.is_array_of_tables()) {
    return wrong(path, at,
                 "'" + name + "' is a section, but there are no sections: write each flag as NAME = VALUE, without [" +
                     name + "] above it");
  }
  if (std::find(known.begin(), known.end(), name) == known.end()) return wrong(path, at, unknown_key(name, known));
  auto values = words_of(node, path);
  if (!values) return fail(values.error());
  return ConfigKey{name, std::move(*values), static_cast<int>(at.line), static_cast<int>(at.column)};
}

}  // namespace

Result<std::vector<ConfigKey>> read_toml(std::string_view text, const std::string& path,
                                         const std::vector<std::string>& known) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const auto redefined = redefinition_in(text, parsed.error());
    if (redefined) return wrong(path, redefined->second, sentence_of(*redefined));
    return wrong(path, parsed.error().source().begin, syntax_error(parsed.error()));
  }
  std::vector<ConfigKey> keys;
  for (const auto& [key, node] : parsed.table()) {
    auto read = read_key(key, node, path, known);
    if (!read) return fail(read.error());
    if (!read->values.empty()) keys.push_back(std::move(*read));
  }
  return keys;
}

std::vector<CLI::ConfigItem> TomlConfig::from_config(std::istream& input) const {
  const std::string text{std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
  std::vector<std::string> known;
  for (const auto* option : app_.get_options()) {
    const auto& names = option->get_lnames();
    if (option->get_configurable() && option != app_.get_config_ptr())
      known.insert(known.end(), names.begin(), names.end());
  }
  auto keys = read_toml(text, app_.get_config_ptr()->as<std::string>(), known);
  if (!keys) throw CLI::ConfigError(keys.error().what(), CLI::ExitCodes::ConfigError);
  keys_ = std::move(*keys);
  std::vector<CLI::ConfigItem> given;
  for (const auto& key : keys_) given.push_back({{}, key.name, key.values});
  return given;
}

}  // namespace rtcbot::app
