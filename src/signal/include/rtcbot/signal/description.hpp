#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "rtcbot/base/result.hpp"
#include "rtcbot/signal/limits.hpp"

namespace rtcbot::signal {

/// An offer that has passed the gate (`check_sdp`).
struct Offer {
  std::string sdp;       ///< Lines end in CRLF.
  std::string quoted{};  ///< The same as it came in JSON, to be passed on as it is; may be empty.
  friend bool operator==(const Offer& a, const Offer& b) { return a.sdp == b.sdp; }
};

/// An answer that has passed the gate.
struct Answer {
  std::string sdp;       ///< Lines end in CRLF.
  std::string quoted{};  ///< As in `Offer`.
  friend bool operator==(const Answer& a, const Answer& b) { return a.sdp == b.sdp; }
};

/// What a robot says in place of an answer, `{"error": code, "message": sentence}`.
struct RobotError {
  std::string error;    ///< At most 64 bytes.
  std::string message;  ///< At most 512 bytes; untrusted.
  friend bool operator==(const RobotError&, const RobotError&) = default;
};

/// Reads `{"type": "offer", "sdp": "..."}`, in any order and with any further fields, which are ignored.
/// Errors: too_large; bad_offer, with a sentence that names the line.
[[nodiscard]] Result<Offer> parse_offer(std::string_view text, const Limits& limits = {});

/// Reads a robot's bare reply: `{"sdp": "...", "type": "answer"}` or an error object.
/// Errors: too_large; bad_message, with a sentence that names the line.
[[nodiscard]] Result<std::variant<Answer, RobotError>> parse_answer(std::string_view text, const Limits& limits = {});

/// As RTCBot's browser library sends it: type, then sdp.
[[nodiscard]] std::string write_offer(const Offer& offer);

/// As an RTCBot robot sends it: sdp, then type.
[[nodiscard]] std::string write_answer(const Answer& answer);

}  // namespace rtcbot::signal
