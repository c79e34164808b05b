#include "rtcbot/base/ascii.hpp"

#include <algorithm>

namespace rtcbot {

std::string printable(std::string_view text, char substitute) {
  std::string result(text);
  std::replace_if(result.begin(), result.end(), is_ascii_control, substitute);
  return result;
}

std::string excerpt(std::string_view text, std::size_t limit) {
  std::string result(text.substr(0, limit));
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c != ' ' && !is_ascii_graphic(c); }, '?');
  if (text.size() > limit) result += "...";
  return result;
}

}  // namespace rtcbot
