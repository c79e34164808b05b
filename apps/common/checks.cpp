#include "common/checks.hpp"

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <utility>

#include "common/nearest.hpp"

namespace rtcbot::app {
namespace {

/// The shortest text of a number, without an exponent: 0.01, 1000000.
std::string text_of(double number) {
  std::array<char, 64> buffer{};
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed);
  return error == std::errc() ? std::string(buffer.data(), end) : std::to_string(number);
}

enum class Reading { number, beyond, text };

/// `beyond`: a number that the type does not hold.
template <class Number>
Reading read(const std::string& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) return Reading::text;
  return error == std::errc() ? Reading::number : Reading::beyond;
}

std::string quoted(const std::string& text) { return std::string("'").append(text).append("'"); }

template <class Number>
CLI::Validator in_range(Number min, Number max, const std::string& unit, const char* kind) {
  const std::string least = text_of(static_cast<double>(min)), most = text_of(static_cast<double>(max));
  const std::string range = least + " to " + most + (unit.empty() ? "" : " " + unit);
  return {[min, max, range, kind](const std::string& text) {
            Number number{};
            const Reading reading = read(text, number);
            if (reading == Reading::text) return quoted(text) + " is not " + kind + "; allowed are " + range;
            const bool is_allowed = reading == Reading::number && number >= min && number <= max;
            return is_allowed ? std::string() : quoted(text) + " is out of range; allowed are " + range;
          },
          least + ".." + most};
}

std::string list_of(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text.append(i == 0 ? "" : i + 1 == words.size() ? " or " : ", ").append(words[i]);
  }
  return text;
}

std::string refusal_of(const std::string& text, const std::vector<std::string>& words) {
  return quoted(text) + " is not possible; use " + list_of(words) + did_you_mean(nearest(text, words));
}

}  // namespace

CLI::Validator whole_from(std::int64_t min, std::int64_t max, const std::string& unit) {
  return in_range(min, max, unit, "a whole number");
}

CLI::Validator number_from(double min, double max, const std::string& unit) {
  return in_range(min, max, unit, "a number");
}

CLI::Validator one_of(const std::vector<std::string>& words) {
  return {[words](const std::string& text) {
            for (const auto& word : words) {
              if (word == text) return std::string();
            }
            return refusal_of(text, words);
          },
          ""};
}

CLI::Validator number_of(const std::map<std::string, int>& words) {
  std::vector<std::string> known;
  for (const auto& [word, number] : words) known.push_back(word);
  return {[words, known](std::string& text) {
            const auto found = words.find(text);
            if (found == words.end()) return refusal_of(text, known);
            text = std::to_string(found->second);
            return std::string();
          },
          ""};
}

CLI::Validator size_in_bytes() {
  return {[](std::string& text) {
            const std::string given = text;
            const bool begins_with_digit = !text.empty() && text.front() >= '0' && text.front() <= '9';
            try {
              if (begins_with_digit && CLI::AsSizeValue(true)(text).empty()) return std::string();
            } catch (const CLI::Error&) {
              // Its sentence names no example.
            }
            return quoted(given) + " is not a size; write it as 100MB or 2GB";
          },
          "SIZE"};
}

CLI::Validator readable_file() {
  return {[](const std::string& path) {
            std::error_code ignored;
            if (!std::filesystem::exists(path, ignored)) return quoted(path) + " does not exist";
            if (std::filesystem::is_directory(path, ignored)) return quoted(path) + " is a folder, not a file";
            return std::ifstream(path) ? std::string() : quoted(path) + " cannot be read by this user";
          },
          "FILE"};
}

}  // namespace rtcbot::app
