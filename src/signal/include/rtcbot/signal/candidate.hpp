#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/signal/limits.hpp"

namespace rtcbot::signal {

/// One ICE candidate of trickle ICE (RFC 8838), with the fields of the browser's RTCIceCandidateInit.
struct Candidate {
  std::string text{};         ///< "candidate:foundation component transport priority address port typ …"; checked.
  std::string mid{};          ///< mid of its media section; if empty, `line` identifies the section.
  std::optional<int> line{};  ///< 0 to 31: index of its m= line. At least one of `mid` and `line` is set.
  friend bool operator==(const Candidate&, const Candidate&) = default;
};

inline constexpr std::size_t kMaxCandidateBytes = 512;   ///< Limit for one candidate's text; browsers need 200.
inline constexpr std::size_t kMaxCandidatesAtOnce = 32;  ///< Limit for one message.

/// Checks a trickled candidate as strictly as one inside a session description: its form (RFC 8839 section 5.1), bounds
/// that libwebrtc tolerates, and its address, which must be an IP literal or an mDNS name (`<uuid>.local`), so that no
/// other name is ever resolved.  Errors: bad_message, with a sentence.
[[nodiscard]] Result<void> check_candidate(std::string_view text);

/// Checks the text of a candidate, and that `mid` or `line` names its section.  Errors: bad_message, with a sentence.
[[nodiscard]] Result<void> check(const Candidate& candidate);

/// True if the address of a checked candidate is an mDNS name, which `LocalCandidates::strip` removes.
[[nodiscard]] bool is_local_candidate(std::string_view text);

/// Returns `candidates` without those that `limits` strips.
[[nodiscard]] std::vector<Candidate> kept_candidates(std::vector<Candidate> candidates, const Limits& limits);

}  // namespace rtcbot::signal
