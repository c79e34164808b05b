#include "request_budget.hpp"

#include "ip_address.hpp"
#include "rtcbot/net/client_address.hpp"

namespace rtcbot::net {

bool RequestBudget::Share::resize(std::size_t bytes) {
  if (bytes > bytes_ && !budget_.take(key_, bytes - bytes_)) return false;
  if (bytes < bytes_) budget_.give_back(key_, bytes_ - bytes);
  bytes_ = bytes;
  return true;
}

std::string RequestBudget::key_of(std::string_view remote, const std::vector<std::string>& proxies) {
  return is_listed(address_of(remote), proxies) ? std::string() : limit_key(remote);
}

bool RequestBudget::take(const std::string& key, std::size_t bytes) {
  if (bytes > limits_.in_all - held_) return false;
  if (!key.empty()) {
    const auto found = of_address_.find(key);
    const std::size_t before = found == of_address_.end() ? 0 : found->second;
    if (bytes > limits_.per_address - before) return false;
    of_address_[key] = before + bytes;
  }
  held_ += bytes;
  return true;
}

void RequestBudget::give_back(const std::string& key, std::size_t bytes) {
  held_ -= bytes;
  const auto found = of_address_.find(key);
  if (found == of_address_.end()) return;
  found->second -= bytes;
  if (found->second == 0) of_address_.erase(found);
}

}  // namespace rtcbot::net
