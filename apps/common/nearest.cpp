#include "common/nearest.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::app {
namespace {

std::string plain(std::string_view word) {
  word.remove_prefix(std::min(word.find_first_not_of('-'), word.size()));
  std::string result(word);
  for (char& c : result) {
    if (c == '_') c = '-';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

/// The element that `wanted` abbreviates, if all others that it abbreviates only continue it: "black" is "black-box",
/// although "black-box-size" exists; "max" is nothing if there are "max-bitrate" and "max-viewers".
std::string completion(const std::string& wanted, const std::vector<std::string>& known) {
  constexpr std::size_t kMin = 3;
  if (wanted.size() < kMin) return {};
  std::vector<std::string> matches;
  for (const auto& each : known) {
    if (plain(each).starts_with(wanted)) matches.push_back(each);
  }
  const auto shortest = std::min_element(matches.begin(), matches.end(),
                                         [](const auto& a, const auto& b) { return a.size() < b.size(); });
  const bool is_clear =
      std::all_of(matches.begin(), matches.end(), [&](const auto& each) { return each.starts_with(*shortest); });
  return matches.empty() || !is_clear ? std::string() : *shortest;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Three rows of the table: of the letter before the last, of the last, and of the current one.
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      const bool is_swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t kMax = 64;
  const std::string wanted = plain(word.substr(0, kMax));
  std::string best;
  std::size_t least = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  for (const auto& each : known) {
    const auto distance = edit_distance(wanted, plain(each));
    if (distance >= least) continue;
    least = distance;
    best = each;
  }
  return best.empty() ? completion(wanted, known) : best;
}

std::string did_you_mean(const std::string& near, const std::string& otherwise) {
  return near.empty() ? otherwise : std::string("; did you mean ").append(near).append("?");
}

}  // namespace rtcbot::app
