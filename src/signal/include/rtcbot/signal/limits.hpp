#pragma once

#include <cstddef>

namespace rtcbot::signal {

/// What to do with candidates that are mDNS names (`<uuid>.local`), which browsers write instead of local addresses.
enum class LocalCandidates {
  strip,  ///< For the one who answers: over 4G they never resolve, and the browser's own checks reveal its address
          ///< anyway (peer-reflexive candidates, RFC 8445 section 7.3.1.3).
  keep,   ///< For the one who only passes it on: an unmodified RTCBot robot on the same LAN resolves them.
};

/// Bounds on what is taken from outside. The defaults let every browser's offer pass several times over.
struct Limits {
  std::size_t max_message_bytes = 256 * 1024;  ///< Of the JSON text.
  std::size_t max_json_depth = 8;              ///< Nested objects and arrays.
  std::size_t max_json_values = 512;           ///< Elements of all objects and arrays together.
  /// Of the session description. So much smaller than a message because writing it as JSON may double it, and what was
  /// taken from a browser must still fit into one message to the robot.
  std::size_t max_sdp_bytes = 96 * 1024;
  std::size_t max_sdp_lines = 4'000;
  std::size_t max_sdp_line_bytes = 8 * 1024;
  std::size_t max_media = 32;        ///< m= lines.
  std::size_t max_candidates = 256;  ///< a=candidate lines, of all media together.
  // The rest keeps within what libwebrtc bears: beyond it the program ends. Browsers need a third of it at most.
  std::size_t max_sdp_word_bytes = 200;  ///< Of names of codecs, extensions, streams and hosts.
  std::size_t max_mid_bytes = 16;
  std::size_t max_stream_lines = 16;   ///< a=msid and a=ssrc-group under one m= line,
  std::size_t max_stream_bytes = 512;  ///< and what they say together.
  LocalCandidates local_candidates = LocalCandidates::strip;
};

}  // namespace rtcbot::signal
