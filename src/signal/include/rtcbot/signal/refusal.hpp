#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rtcbot::signal {

/// Every refusal on the wire. A refused request is answered immediately and never hangs.
enum class Refusal {
  robot_offline,       ///< 404: no robot of that name is online.
  no_robot,            ///< 503: the request was for the default robot and no robot is online there.
  robot_left,          ///< 502: the robot disconnected, or replied with nonsense, before its answer.
  robot_timeout,       ///< 504: the robot is online but did not answer in time.
  bad_offer,           ///< 400: not JSON, not an offer, or not SDP that can be answered.
  too_large,           ///< 413: the body or the message exceeds the limit.
  unauthorized,        ///< 401: no credential, or an unknown one.
  forbidden,           ///< 403: the credential is known but does not permit this.
  name_taken,          ///< 409: a robot with another credential is online under this name.
  busy,                ///< 429: the robot has too many viewers or unanswered requests; sent with Retry-After.
  rate_limited,        ///< 429: too many requests of this address, or for this robot; sent with Retry-After.
  stopping,            ///< 503: the server is about to stop.
  not_found,           ///< 404: no such path.
  method_not_allowed,  ///< 405: the path exists but does not allow this method.
  unavailable,         ///< 503: the robot may be at another server that is unreachable now; sent with Retry-After.
  internal,            ///< 500: an error inside the server.
};

inline constexpr std::size_t kRefusalCount = static_cast<std::size_t>(Refusal::internal) + 1;

/// Returns the `error` field: the enumerator's spelling.
[[nodiscard]] std::string_view code_of(Refusal refusal);

/// Returns the HTTP status of a refusal.
[[nodiscard]] int http_status(Refusal refusal);

/// Returns a sentence that tells a person what to do.
[[nodiscard]] std::string_view default_message(Refusal refusal);

/// Returns the refusal with that code; nothing if the code is unknown.
[[nodiscard]] std::optional<Refusal> refusal_named(std::string_view code);

/// Writes `{"error": code, "message": sentence}`. Uses the default sentence if `message` is empty. Replaces bytes of
/// `message` that are not UTF-8.
[[nodiscard]] std::string refusal_json(Refusal refusal, std::string_view message = {});

}  // namespace rtcbot::signal
