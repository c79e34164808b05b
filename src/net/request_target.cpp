#include "request_target.hpp"

#include <algorithm>

#include "rtcbot/base/ascii.hpp"

namespace rtcbot::net {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

bool climbs(std::string_view path) {
  for (std::size_t begin = 0; begin < path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    if (path.substr(begin, end - begin) == "..") return true;
    begin = end + 1;
  }
  return false;
}

bool has_odd_character(std::string_view path) {
  const auto odd = [](char c) { return is_ascii_control(c) || c == '\\'; };
  return std::any_of(path.begin(), path.end(), odd);
}

}  // namespace

std::optional<RequestTarget> parse_target(std::string_view target) {
  if (target.starts_with("http://") || target.starts_with("https://")) {
    target.remove_prefix(target.find("://") + 3);
    target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
    if (target.empty()) target = "/";
  }
  if (!target.starts_with('/') || target.find('#') != target.npos) return std::nullopt;
  const auto question = std::min(target.find('?'), target.size());
  auto path = percent_decode(target.substr(0, question));
  if (!path || climbs(*path) || has_odd_character(*path)) return std::nullopt;
  const auto query = question < target.size() ? target.substr(question + 1) : std::string_view();
  return RequestTarget{std::move(*path), std::string(query)};
}

}  // namespace rtcbot::net
