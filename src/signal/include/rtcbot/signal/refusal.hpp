#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rtcbot::signal {

/// Every way to say no, as it crosses the wire. A refused request is answered at once; nothing ever hangs.
enum class Refusal {
  robot_offline,       ///< 404: no robot of that name is online.
  no_robot,            ///< 503: the nameless path was asked and no robot at all waits there.
  robot_left,          ///< 502: the robot went away, or made no sense, while its answer was awaited.
  robot_timeout,       ///< 504: the robot is online and did not answer in time.
  bad_offer,           ///< 400: not JSON, not an offer, or not SDP that could be answered.
  too_large,           ///< 413: the body or the message is over the limit.
  unauthorized,        ///< 401: no credential, or one that is not known.
  forbidden,           ///< 403: known, but not allowed to do this.
  name_taken,          ///< 409: a robot with another credential is online under this name.
  busy,                ///< 429: too many viewers or requests; goes with Retry-After.
  stopping,            ///< 503: the server is about to end.
  not_found,           ///< 404: no such path.
  method_not_allowed,  ///< 405: the path exists and does not take this method.
  unavailable,         ///< 503: the robot may be at another server, which cannot be asked now; goes with Retry-After.
  internal,            ///< 500: a fault of ours.
};

inline constexpr std::size_t kRefusalCount = static_cast<std::size_t>(Refusal::internal) + 1;

/// The `error` field: the enumerator's spelling.
[[nodiscard]] std::string_view code_of(Refusal refusal);

/// The HTTP status that goes with it.
[[nodiscard]] int http_status(Refusal refusal);

/// A sentence for a person that says what to do.
[[nodiscard]] std::string_view default_message(Refusal refusal);

/// The refusal of that code; nothing if there is none.
[[nodiscard]] std::optional<Refusal> refusal_named(std::string_view code);

/// `{"error": code, "message": sentence}`; the default sentence where `message` is empty. Bytes of `message` that are
/// not UTF-8 are replaced.
[[nodiscard]] std::string refusal_json(Refusal refusal, std::string_view message = {});

}  // namespace rtcbot::signal
