#include "rtcbot/access/turn.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <utility>

namespace rtcbot::access {

signal::IceServer turn_credential(std::vector<std::string> urls, std::string_view secret, std::string_view label,
                                  UnixTime expires) {
  std::string username = std::to_string(expires.time_since_epoch().count());
  if (!label.empty()) username.append(":").append(label);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(username.data()), username.size(), digest.data(), &size);
  std::string password(4 * ((digest.size() + 2) / 3) + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(password.data()), digest.data(), static_cast<int>(size));
  password.resize(static_cast<std::size_t>(length));
  return {std::move(urls), std::move(username), std::move(password)};
}

UnixTime turn_expiry(UnixTime now, std::chrono::seconds life, UnixTime ends) {
  const auto step = std::max(life / 4, std::chrono::seconds(1));
  const auto begin = now - now.time_since_epoch() % step;
  return std::min(begin + life, ends);
}

std::vector<Relay> pick_relays(std::vector<Relay> relays, std::size_t count, const Dice& dice) {
  std::vector<Relay> picked;
  while (picked.size() < count && !relays.empty()) {
    std::uint64_t total = 0;
    for (const auto& relay : relays) total += static_cast<std::uint64_t>(relay.weight);
    std::uint64_t left = dice(total);
    auto chosen = relays.begin();
    while (left >= static_cast<std::uint64_t>(chosen->weight) && chosen + 1 != relays.end()) {
      left -= static_cast<std::uint64_t>(chosen->weight);
      ++chosen;
    }
    picked.push_back(std::move(*chosen));
    relays.erase(chosen);
  }
  return picked;
}

}  // namespace rtcbot::access
