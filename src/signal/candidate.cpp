#include "rtcbot/signal/candidate.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "json.hpp"

namespace rtcbot::signal {
namespace {

constexpr std::size_t kMaxWords = 40;
constexpr std::size_t kMaxWordBytes = 200;  // as in a session description: libwebrtc copies words into fixed buffers

/// Splits a candidate into words. Returns nothing if there are too many, or one is too long or empty.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end == 0 || end > kMaxWordBytes || words.size() >= kMaxWords) return {};
    words.push_back(text.substr(0, end));
    if (end == text.size()) return words;
    text.remove_prefix(end + 1);
  }
}

bool is_number(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= least && value <= most;
}

bool only_has(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view kWordCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

bool is_address(std::string_view text) {
  if (text.ends_with(".local")) {
    text.remove_suffix(6);
    return only_has(text, std::string(kWordCharacters).append("-"));
  }
  if (text.find(':') == std::string_view::npos) return only_has(text, "0123456789.");
  // IPv6; some peers append a zone after '%'.
  return only_has(text.substr(0, text.find('%')), "0123456789abcdefABCDEF:.") && text.size() <= 64;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// Returns the reason why the words are not a candidate; nullptr if they are one.
const char* fault_of(const std::vector<std::string_view>& words) {
  if (words.size() < 8) return "it has fewer than eight words, or a word that is too long";
  if (!only_has(words[0], std::string(kWordCharacters).append("+/")) || words[0].size() > 32) {
    return "its foundation is not 1 to 32 letters and digits";
  }
  if (!is_number(words[1], 1, 256)) return "its component is not a number from 1 to 256";
  if (!is_one_of(words[2], {"udp", "UDP", "tcp", "TCP"})) return "its transport is neither udp nor tcp";
  if (!is_number(words[3], 0, 0xFFFFFFFF)) return "its priority is not a number below 2^32";
  if (!is_address(words[4])) return "its address is neither an IP address nor a name in .local";
  if (!is_number(words[5], 0, 65'535)) return "its port is not a number up to 65535";
  if (words[6] != "typ" || !is_one_of(words[7], {"host", "srflx", "prflx", "relay"})) {
    return "its type is not host, srflx, prflx or relay";
  }
  for (std::size_t i = 8; i + 1 < words.size(); i += 2) {
    if (words[i] == "raddr" && !is_address(words[i + 1])) return "its related address is not an address";
    if (words[i] == "rport" && !is_number(words[i + 1], 0, 65'535)) return "its related port is not a port";
  }
  return nullptr;
}

}  // namespace

Result<void> check_candidate(std::string_view text) {
  constexpr std::string_view kPrefix = "candidate:";
  const auto refused = [text](const char* why) {
    return fail(Errc::bad_message, std::string("The candidate \"").append(excerpt(text)).append("\": ").append(why));
  };
  if (text.size() > kMaxCandidateBytes) return refused("it is longer than 512 bytes.");
  if (!text.starts_with(kPrefix)) return refused("it does not begin with candidate:");
  if (std::any_of(text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7e; })) {
    return refused("it contains characters other than printable ASCII");
  }
  if (const char* fault = fault_of(words_of(text.substr(kPrefix.size())))) return refused(fault);
  return {};
}

Result<void> check(const Candidate& candidate) {
  constexpr int kMaxSections = 32;
  if (auto checked = check_candidate(candidate.text); !checked) return checked;
  const bool is_named = !candidate.mid.empty() || candidate.line;
  const bool is_line = !candidate.line || (*candidate.line >= 0 && *candidate.line < kMaxSections);
  if (!is_named || !is_line || candidate.mid.size() > Limits{}.max_mid_bytes) {
    return fail(Errc::bad_message, "neither sdpMid nor sdpMLineIndex names the candidate's section");
  }
  return {};
}

bool is_local_candidate(std::string_view text) {
  const auto words = words_of(text);
  return words.size() > 4 && words[4].ends_with(".local");
}

std::vector<Candidate> kept_candidates(std::vector<Candidate> candidates, const Limits& limits) {
  if (limits.local_candidates == LocalCandidates::strip) {
    std::erase_if(candidates, [](const Candidate& candidate) { return is_local_candidate(candidate.text); });
  }
  return candidates;
}

}  // namespace rtcbot::signal
