#pragma once

#include <api/jsep.h>

#include <memory>
#include <string>
#include <string_view>

#include "peer_types.hpp"
#include "rtcbot/base/result.hpp"
#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Removes the candidates whose address is a name. Browsers hide their address behind `.local` names that do not
/// resolve over 4G; other names would let a stranger trigger DNS queries of this machine. Peer-reflexive candidates
/// replace them.
[[nodiscard]] std::string without_named_candidates(std::string_view sdp);

/// True if the address of a candidate, with or without "a=" in front, is a name.
[[nodiscard]] bool is_named_candidate(std::string_view candidate);

/// Parses the other side's description. The error has `code` and names the invalid line.
[[nodiscard]] Result<std::unique_ptr<webrtc::SessionDescriptionInterface>> parse_description(
    const Description& description, Errc code);

/// True if an answer accepts reports about each packet of the video (`transport-cc` and the packet numbers for it).
/// Browsers do, RTCBot's Python version does not.
[[nodiscard]] bool reports_on_packets(const webrtc::SessionDescriptionInterface& answer);

/// True if an answer accepts repair packets for the video (FlexFEC).
[[nodiscard]] bool takes_repair_packets(const webrtc::SessionDescriptionInterface& answer);

}  // namespace rtcbot::engine
