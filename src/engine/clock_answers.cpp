#include "clock_answers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace rtcbot::engine {

namespace {

constexpr std::size_t kMaxWords = 5;
/// A longer delay comes from a wrong clock.
constexpr double kMaxDelayMs = 3'600'000;
/// A page's clock in ms stays below this for some thousand years.
constexpr double kLatestTimeMs = 1e14;

struct Words {
  std::array<std::string_view, kMaxWords> at{};
  std::size_t count = 0;  ///< `kMaxWords + 1` when there are more.
};

Words words_of(std::string_view text) {
  Words words;
  while (true) {
    const auto end = std::min(text.find(' '), text.size());
    if (words.count == kMaxWords) return {.at = {}, .count = kMaxWords + 1};
    words.at[words.count++] = text.substr(0, end);
    if (end == text.size()) return words;
    text.remove_prefix(end + 1);
  }
}

template <class Number>
std::optional<Number> number_in(std::string_view word, Number least, Number most) {
  Number number{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  // In this form NaN fails.
  if (!(number >= least && number <= most)) return std::nullopt;
  return number;
}

/// A delay, or "-" for an unknown one. The outer optional is empty for any other text.
std::optional<std::optional<double>> delay_in(std::string_view word) {
  if (word == "-") return std::optional<double>();
  const auto delay = number_in<double>(word, 0, kMaxDelayMs);
  if (!delay) return std::nullopt;
  return std::optional<double>(delay);
}

std::optional<SeenByViewer> seen_in(const Words& words) {
  constexpr std::int64_t kMax = std::int64_t{1} << 53;  // The page's numbers are doubles.
  const auto frames = number_in<std::int64_t>(words.at[1], 0, kMax);
  const auto freezes = number_in<std::int64_t>(words.at[2], 0, kMax);
  const auto p50 = delay_in(words.at[3]);
  const auto p95 = delay_in(words.at[4]);
  if (!frames || !freezes || !p50 || !p95) return std::nullopt;
  return SeenByViewer{.frames = *frames, .freezes = *freezes, .delay_p50_ms = *p50, .delay_p95_ms = *p95};
}

std::string clock_answer(std::string_view asked, double unix_ms) {
  std::array<char, 40> time{};
  const int length = std::snprintf(time.data(), time.size(), " %.3f", unix_ms);
  return "clock " + std::string(asked) + std::string(time.data(), static_cast<std::size_t>(length));
}

}  // namespace

std::optional<std::string> ClockAnswers::on_message(Timestamp now, std::string_view text, double unix_ms) {
  if (allowance_.take(now) && text.size() <= kMaxMessage) {
    const Words words = words_of(text);
    if (words.count == 2 && words.at[0] == "clock" && number_in<double>(words.at[1], -kLatestTimeMs, kLatestTimeMs)) {
      return clock_answer(words.at[1], unix_ms);
    }
    if (words.count == 5 && words.at[0] == "seen") {
      if (const auto seen = seen_in(words)) {
        seen_ = seen;
        return std::nullopt;
      }
    }
  }
  ++refused_;
  return std::nullopt;
}

}  // namespace rtcbot::engine
