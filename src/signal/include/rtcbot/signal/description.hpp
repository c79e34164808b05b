#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "rtcbot/base/result.hpp"
#include "rtcbot/signal/limits.hpp"

namespace rtcbot::signal {

/// A session description with its role in the exchange (RFC 8829).
///
/// Descriptions from outside are checked once, where they enter the process: by `parse_offer`, `parse_answer` or
/// `check`.
struct Description {
  enum class Type { offer, answer };
  Type type = Type::offer;
  std::string sdp{};     ///< Lines end in CRLF.
  std::string quoted{};  ///< The same text as a JSON string, as received, to forward it unchanged; may be empty.

  [[nodiscard]] static Description offer(std::string sdp) { return {.type = Type::offer, .sdp = std::move(sdp)}; }
  [[nodiscard]] static Description answer(std::string sdp) { return {.type = Type::answer, .sdp = std::move(sdp)}; }

  friend bool operator==(const Description& a, const Description& b) { return a.type == b.type && a.sdp == b.sdp; }
};

/// Returns the description as `check_sdp` does.  Errors: too_large; bad_message, with a sentence that names the line.
[[nodiscard]] Result<Description> check(Description description, const Limits& limits = {});

/// A robot's error in place of an answer: `{"error": code, "message": sentence}`.
struct RobotError {
  std::string error;    ///< At most 64 bytes.
  std::string message;  ///< At most 512 bytes; untrusted.
  friend bool operator==(const RobotError&, const RobotError&) = default;
};

/// Reads `{"type": "offer", "sdp": "..."}` in any order, and checks it. Ignores further fields.
/// Errors: too_large; bad_offer.
[[nodiscard]] Result<Description> parse_offer(std::string_view text, const Limits& limits = {});

/// Reads a robot's legacy reply, and checks it: `{"sdp": "...", "type": "answer"}` or an error object.
/// Errors: too_large; bad_message, with a sentence that names the line.
[[nodiscard]] Result<std::variant<Description, RobotError>> parse_answer(std::string_view text,
                                                                         const Limits& limits = {});

/// Writes an offer in the format of RTCBot's browser library (type, then sdp), or an answer in that of its robot (sdp,
/// then type).
[[nodiscard]] std::string write_description(const Description& description);

}  // namespace rtcbot::signal
