#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "rtcbot/base/result.hpp"
#include "rtcbot/signal/limits.hpp"

namespace rtcbot::signal {

/// An offer that `check_sdp` has accepted.
struct Offer {
  std::string sdp;       ///< Lines end in CRLF.
  std::string quoted{};  ///< The same text as a JSON string, as received, to forward it unchanged; may be empty.
  friend bool operator==(const Offer& a, const Offer& b) { return a.sdp == b.sdp; }
};

/// An answer that `check_sdp` has accepted.
struct Answer {
  std::string sdp;       ///< Lines end in CRLF.
  std::string quoted{};  ///< As in `Offer`.
  friend bool operator==(const Answer& a, const Answer& b) { return a.sdp == b.sdp; }
};

/// A robot's error in place of an answer: `{"error": code, "message": sentence}`.
struct RobotError {
  std::string error;    ///< At most 64 bytes.
  std::string message;  ///< At most 512 bytes; untrusted.
  friend bool operator==(const RobotError&, const RobotError&) = default;
};

/// Reads `{"type": "offer", "sdp": "..."}` in any order. Ignores further fields.
[[nodiscard]] Result<Offer> parse_offer(std::string_view text, const Limits& limits = {});

/// Reads a robot's legacy reply: `{"sdp": "...", "type": "answer"}` or an error object.
/// Errors: too_large; bad_message, with a sentence that names the line.
[[nodiscard]] Result<std::variant<Answer, RobotError>> parse_answer(std::string_view text, const Limits& limits = {});

/// Writes the offer in the format of RTCBot's browser library: type, then sdp.
[[nodiscard]] std::string write_offer(const Offer& offer);

/// Writes the answer in the format of an RTCBot robot: sdp, then type.
[[nodiscard]] std::string write_answer(const Answer& answer);

}  // namespace rtcbot::signal
