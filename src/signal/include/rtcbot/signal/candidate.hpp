#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/signal/limits.hpp"

namespace rtcbot::signal {

/// One ICE candidate, sent by itself (trickle ICE, RFC 8838), as the browser's RTCIceCandidateInit has it.
struct Candidate {
  std::string text{};         ///< "candidate:foundation component transport priority address port typ …"; checked.
  std::string mid{};          ///< Of the section it belongs to; empty: `line` says it.
  std::optional<int> line{};  ///< 0 to 31: that section's place among the m= lines. One of the two is there.
  friend bool operator==(const Candidate&, const Candidate&) = default;
};

inline constexpr std::size_t kMaxCandidateBytes = 512;   ///< Of one candidate's text; browsers need 200.
inline constexpr std::size_t kMaxCandidatesAtOnce = 32;  ///< In one message.

/// The gate for a candidate that comes by itself, as strict as that for one inside a session description: form (RFC
/// 8839 section 5.1), bounds within which libwebrtc keeps, and an address that is an IP literal or an mDNS name
/// (`<uuid>.local`): no other name is ever looked up.  Errors: bad_message, with a sentence.
[[nodiscard]] Result<void> check_candidate(std::string_view text);

/// Whether the address of a candidate that passed is an mDNS name, which `LocalCandidates::strip` leaves out.
[[nodiscard]] bool is_local_candidate(std::string_view text);

/// `candidates` without those that `limits` has stripped.
[[nodiscard]] std::vector<Candidate> kept_candidates(std::vector<Candidate> candidates, const Limits& limits);

}  // namespace rtcbot::signal
