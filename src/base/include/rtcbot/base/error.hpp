#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace rtcbot {

/// Why something failed. One list for the whole library, so that a user needs one `switch`.
enum class Errc {
  timeout,             ///< The wait was given a limit and it passed. Nothing was consumed; waiting again is safe.
  closed,              ///< The object was closed, by this side or by the other, before the thing happened.
  connection_refused,  ///< Nobody listens at that address, or it cannot be reached. Is the server running?
  handshake_failed,    ///< Somebody listens, but does not speak WebSocket (or TLS) there. Is the path right?
  bad_address,         ///< The address is not of the form ws://host:port/path.
  bad_message,         ///< What came is not the JSON, or not the message, that was expected here.
  bad_offer,           ///< Not an offer this peer can answer: not SDP, or nothing in it that both sides know.
  too_large,           ///< The message or body is over the limit.
  queue_full,          ///< The other side does not take what is sent; the bounded queue to it is full.
  invalid_state,       ///< The call does not fit what happened before, e.g. answering twice on one connection.
  connect_failed,      ///< Signalling went well but no path between the two was found in time. Needs TURN?
  peer_lost,           ///< The connection stood and then nothing came from the other side for too long.
  no_camera,           ///< The camera does not exist or cannot be opened.
  camera_failed,       ///< The camera was open and stopped delivering.
  no_encoder,          ///< No encoder for the codec that the other side asks for is installed.
  bad_config,          ///< A flag, a configuration value or an argument is out of its range.
  address_in_use,      ///< The port to listen on is taken by another program.
  refused,             ///< The other side understood and said no; the message holds its reason.
  engine_failed,       ///< The process that runs WebRTC ended or hung; a new one is started by itself.
  internal,            ///< A library below failed in a way it should not; the message holds its words.
};

/// The name of a code as it appears in logs and JSON: the enumerator's spelling. Never empty.
[[nodiscard]] std::string_view name_of(Errc code);

/// What went wrong, as a value and as an exception.
///
/// Inside the library it travels in `Result<T>`; the public API throws it where a C++ user expects an exception.
/// `what()` is a sentence for a person that says what to do. It may quote untrusted input; escape it in HTML.
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
