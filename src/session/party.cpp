#include "party.hpp"

#include <algorithm>
#include <set>

#include "rtcbot/base/ascii.hpp"

namespace rtcbot::session {
namespace {

constexpr std::string_view kFingerprint = "a=fingerprint:";
/// A page has one fingerprint, possibly repeated in each media section.
constexpr std::size_t kMaxFingerprints = 4;
constexpr std::size_t kMaxFingerprintBytes = 256;

std::set<std::string> fingerprints_in(std::string_view sdp) {
  std::set<std::string> found;
  while (!sdp.empty() && found.size() < kMaxFingerprints) {
    const auto line = sdp.substr(0, sdp.find_first_of("\r\n"));
    if (line.starts_with(kFingerprint))
      found.insert(ascii_lower(line.substr(kFingerprint.size(), kMaxFingerprintBytes)));
    sdp.remove_prefix(std::min(sdp.size(), line.size() + 1));
  }
  return found;
}

}  // namespace

std::string party_of(const signal::Permissions& permissions, std::string_view sdp) {
  if (!permissions.grant.empty()) return "credential " + permissions.grant;
  std::string party;
  for (const std::string& fingerprint : fingerprints_in(sdp))
    party += (party.empty() ? "certificate " : ",") + fingerprint;
  return party;
}

}  // namespace rtcbot::session
