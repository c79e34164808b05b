#pragma once

#include <api/jsep.h>

#include <memory>
#include <string>
#include <string_view>

#include "peer_types.hpp"
#include "rtcbot/base/result.hpp"
#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// The SDP without the candidates whose address is a name. Browsers hide their address behind `.local` names that do
/// not resolve over 4G; other names would let a stranger make this machine ask its DNS. Peer-reflexive candidates do
/// their work.
[[nodiscard]] std::string without_named_candidates(std::string_view sdp);

/// Whether the address of a candidate, with or without "a=" in front, is a name.
[[nodiscard]] bool is_named_candidate(std::string_view candidate);

/// Parses what came from the other side. The error has `code` and names the line that is wrong.
[[nodiscard]] Result<std::unique_ptr<webrtc::SessionDescriptionInterface>> parse_description(
    const Description& description, Errc code);

/// Whether an answer agrees on reports about each packet of the video (`transport-cc` and the numbering of packets for
/// it). Browsers do, RTCBot's Python ends do not.
[[nodiscard]] bool reports_on_packets(const webrtc::SessionDescriptionInterface& answer);

/// Whether an answer agrees on repair packets for the video (FlexFEC).
[[nodiscard]] bool takes_repair_packets(const webrtc::SessionDescriptionInterface& answer);

}  // namespace rtcbot::engine
