#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace rtcbot {

/// The reason for a failure. The whole library uses this one list, so that a user needs one `switch`.
enum class Errc {
  timeout,             ///< The time limit of a wait passed. Nothing was consumed; waiting again is safe.
  closed,              ///< This side or the other side closed the object before the operation completed.
  connection_refused,  ///< No program listens at that address, or the address is unreachable. Is the server running?
  handshake_failed,    ///< A program listens there, but does not speak WebSocket (or TLS). Is the path right?
  bad_address,         ///< The address is not of the form ws://host:port/path.
  bad_message,         ///< The input is not JSON, or not the message expected here.
  bad_offer,           ///< This peer cannot answer the offer: it is not SDP, or it has nothing that both sides support.
  too_large,           ///< The message or body exceeds the limit.
  queue_full,          ///< The other side does not read fast enough; the bounded queue to it is full.
  invalid_state,       ///< The call is not allowed in the present state, e.g. a second answer on one connection.
  connect_failed,      ///< Signalling succeeded but found no network path in time. A TURN server may be needed.
  peer_lost,           ///< The connection was established, then received nothing for too long.
  no_camera,           ///< The camera does not exist or cannot be opened.
  camera_failed,       ///< The camera was open and stopped delivering frames.
  no_encoder,          ///< No encoder is installed for the codec that the other side requests.
  bad_config,          ///< A flag, a configuration value or an argument is out of range.
  address_in_use,      ///< Another program uses the port to listen on.
  refused,             ///< The other side rejected a valid request; the message holds its reason.
  engine_failed,       ///< The process that runs WebRTC ended or hung; a new one starts automatically.
  internal,            ///< A third-party library failed unexpectedly; the message holds its text.
};

/// Returns the name of a code for logs and JSON: the enumerator's spelling. Never empty.
[[nodiscard]] std::string_view name_of(Errc code);

/// An error, as a value and as an exception.
///
/// The library passes it in `Result<T>`; the public API throws it where a C++ user expects an exception.
/// `what()` is a sentence that tells a person what to do. It may quote untrusted input; escape it in HTML.
/// Thread-safety: distinct objects are independent; copying never throws.
class Error : public std::runtime_error {
 public:
  Error(Errc code, const std::string& message) : std::runtime_error(message), code_(code) {}

  [[nodiscard]] Errc code() const noexcept { return code_; }

  friend bool operator==(const Error& a, const Error& b) {
    return a.code_ == b.code_ && std::string_view(a.what()) == b.what();
  }

 private:
  Errc code_;
};

}  // namespace rtcbot
