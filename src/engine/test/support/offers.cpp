#include "offers.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace rtcbot::engine::testing {

namespace {

using Parts = std::vector<std::string>;

std::size_t below(std::size_t bound, std::mt19937& random) { return bound == 0 ? 0 : random() % bound; }

/// Cut before each place where `begins` is true; joined again they are the text.
template <class Predicate>
Parts cut(const std::string& text, Predicate begins) {
  Parts parts;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at == 0 || begins(at)) parts.emplace_back();
    parts.back().push_back(text[at]);
  }
  return parts;
}

Parts lines_of(const std::string& text) {
  return cut(text, [&](std::size_t at) { return text[at - 1] == '\n'; });
}

/// The session part and then each m= section.
Parts sections_of(const std::string& text) {
  return cut(text, [&](std::size_t at) { return text[at - 1] == '\n' && text.compare(at, 2, "m=") == 0; });
}

std::string joined(const Parts& parts) {
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

/// Drops, repeats or swaps one part.
void shuffle(Parts& parts, std::mt19937& random) {
  if (parts.empty()) return;
  const std::size_t one = below(parts.size(), random);
  const std::size_t other = below(parts.size(), random);
  switch (below(3, random)) {
    case 0: parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(one)); break;
    case 1: {
      const std::string copy = parts[one];
      parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(other), copy);
      break;
    }
    default: std::swap(parts[one], parts[other]);
  }
}

void change_digit(std::string& text, std::mt19937& random) {
  const std::size_t start = below(text.size(), random);
  const std::size_t at = text.find_first_of("0123456789", start);
  if (at != std::string::npos) text[at] = static_cast<char>('0' + below(10, random));
}

void change_once(std::string& text, std::mt19937& random) {
  switch (below(5, random)) {
    case 0:
    case 1: {
      Parts lines = lines_of(text);
      shuffle(lines, random);
      text = joined(lines);
      break;
    }
    case 2: change_digit(text, random); break;
    case 3:
      if (!text.empty()) text[below(text.size(), random)] = static_cast<char>(below(256, random));
      break;
    default: {
      Parts sections = sections_of(text);
      shuffle(sections, random);
      text = joined(sections);
    }
  }
}

}  // namespace

std::string offer_named(const std::string& name) {
  std::ifstream file(std::string(RTCBOT_ENGINE_TEST_DATA) + "/" + name + ".sdp", std::ios::binary);
  if (!file) throw std::runtime_error("there is no offer " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> offer_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(RTCBOT_ENGINE_TEST_DATA)) {
    if (entry.path().extension() == ".sdp") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string mutated(std::string offer, std::mt19937& random) {
  for (std::size_t changes = 1 + below(4, random); changes > 0; --changes) change_once(offer, random);
  return offer;
}

}  // namespace rtcbot::engine::testing
