#pragma once

#include <cstddef>

namespace rtcbot::signal {

/// Treatment of mDNS candidates (`<uuid>.local`), which browsers send in place of local addresses.
enum class LocalCandidates {
  strip,  ///< For the robot that answers: over 4G they never resolve. The browser's connectivity checks reveal its
          ///< address anyway (peer-reflexive candidates, RFC 8445 section 7.3.1.3).
  keep,   ///< For a server that forwards: an unmodified RTCBot robot on the same LAN resolves them.
};

/// Limits on input from outside. The defaults are several times larger than any browser's offer.
struct Limits {
  std::size_t max_message_bytes = 256 * 1024;  ///< Size of the JSON text.
  std::size_t max_json_depth = 8;              ///< Nested objects and arrays.
  std::size_t max_json_values = 512;           ///< Elements of all objects and arrays together.
  /// Size of the session description. Far below `max_message_bytes`, because JSON escapes may double the size and a
  /// browser's offer must still fit into one message to the robot.
  std::size_t max_sdp_bytes = 96 * 1024;
  std::size_t max_sdp_lines = 4'000;
  std::size_t max_sdp_line_bytes = 8 * 1024;
  std::size_t max_media = 32;        ///< m= lines.
  std::size_t max_candidates = 256;  ///< a=candidate lines, of all media together.
  // The limits below are within those of libwebrtc, which aborts beyond its own. Browsers need a third of them at most.
  std::size_t max_sdp_word_bytes = 200;  ///< Names of codecs, extensions, streams and hosts.
  std::size_t max_mid_bytes = 16;
  std::size_t max_stream_lines = 16;   ///< Number of a=msid and a=ssrc-group lines under one m= line.
  std::size_t max_stream_bytes = 512;  ///< Their total size.
  LocalCandidates local_candidates = LocalCandidates::strip;
};

}  // namespace rtcbot::signal
