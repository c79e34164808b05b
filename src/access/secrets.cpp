#include "rtcbot/access/secrets.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <stdexcept>
#include <utility>

#include "rtcbot/base/ascii.hpp"

namespace rtcbot::access {
namespace {

constexpr std::size_t kMinKey = 43;  // 256 bits in base64url
constexpr std::size_t kMaxKey = 128;
constexpr std::string_view kBlanks = " \t\r";

bool is_base64url(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

using TakePair = std::function<bool(std::string_view first, std::string_view second)>;

/// Passes each line's two words to `take`; returns an error for the first line that it rejects.
Result<void> for_each_pair(std::string_view text, const std::string& form, const TakePair& take) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trim(text.substr(0, end), kBlanks);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const auto gap = std::min(line.find_first_of(kBlanks), line.size());
    if (!take(line.substr(0, gap), trim(line.substr(gap), kBlanks))) {
      return fail(Errc::bad_config, "line " + std::to_string(number) + " is not of the form " + form);
    }
  }
  return {};
}

}  // namespace

std::string random_text(std::size_t bytes) {
  std::string raw(bytes, '\0');
  auto* begin = reinterpret_cast<unsigned char*>(raw.data());
  if (RAND_bytes(begin, static_cast<int>(bytes)) != 1) throw std::runtime_error("OpenSSL returned no random numbers");
  std::string text(4 * ((bytes + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), begin, static_cast<int>(bytes));
  text.resize(static_cast<std::size_t>(size));
  text.erase(text.find_last_not_of('=') + 1);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::string random_name(std::size_t bytes) {
  std::string name = random_text(bytes);
  while (name.starts_with('-')) name = random_text(bytes);
  return name;
}

Secret make_secret() { return {random_name(6), random_text(32)}; }

Result<Secrets> Secrets::parse(std::string_view text) {
  Secrets secrets;
  const auto read =
      for_each_pair(text, "NAME KEY, with a key of 43 to 128 characters A-Z a-z 0-9 _ - and each name once",
                    [&](std::string_view name, std::string_view key) {
                      const bool is_sound = is_label(name) && is_base64url(key) && key.size() >= kMinKey &&
                                            key.size() <= kMaxKey && secrets.find(name) == nullptr;
                      if (is_sound) secrets.list_.push_back({std::string(name), std::string(key)});
                      return is_sound && secrets.size() <= kMax;
                    });
  if (!read) return fail(read.error());
  if (secrets.list_.empty()) return fail(Errc::bad_config, "it contains no secret");
  return secrets;
}

std::string Secrets::text() const {
  std::string text = "# The first secret signs; all are accepted. Do not share this file.\n";
  for (const auto& [name, key] : list_) text.append(name).append(" ").append(key).append("\n");
  return text;
}

const Secret* Secrets::find(std::string_view name) const {
  const auto found = std::find_if(list_.begin(), list_.end(), [&](const Secret& each) { return each.name == name; });
  return found == list_.end() ? nullptr : &*found;
}

Secrets Secrets::rotated(Secret fresh, std::size_t keep) const {
  Secrets result(std::move(fresh));
  for (const auto& each : list_) {
    if (result.size() > keep || result.size() >= kMax) break;
    result.list_.push_back(each);
  }
  return result;
}

Result<Revocations> Revocations::parse(std::string_view text) {
  Revocations revocations;
  const auto read = for_each_pair(
      text, "ID EXPIRES, with EXPIRES in seconds of Unix time", [&](std::string_view id, std::string_view at) {
        std::int64_t seconds = 0;
        const auto [end, error] = std::from_chars(at.data(), at.data() + at.size(), seconds);
        if (!is_label(id) || error != std::errc() || end != at.data() + at.size()) return false;
        revocations.add(std::string(id), UnixTime(std::chrono::seconds(seconds)));
        return revocations.size() <= kMax;
      });
  if (!read) return fail(read.error());
  return revocations;
}

std::string Revocations::text() const {
  std::string text = "# Revoked tokens, and when they would have expired.\n";
  for (const auto& [id, expires] : ids_) {
    text.append(id).append(" ").append(std::to_string(expires.time_since_epoch().count())).append("\n");
  }
  return text;
}

void Revocations::prune(UnixTime now) {
  std::erase_if(ids_, [&](const auto& each) { return each.second < now; });
}

}  // namespace rtcbot::access
