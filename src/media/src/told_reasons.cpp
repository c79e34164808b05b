#include "told_reasons.hpp"

#include <algorithm>

namespace rtcbot::media {

bool ToldReasons::is_news(std::string_view reason) {
  std::string key(reason);
  std::erase_if(key, [](char c) { return c >= '0' && c <= '9'; });
  if (told_.size() >= kMax || std::find(told_.begin(), told_.end(), key) != told_.end()) return false;
  told_.push_back(std::move(key));
  return true;
}

}  // namespace rtcbot::media
