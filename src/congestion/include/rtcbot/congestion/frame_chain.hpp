#pragma once

#include <cstdint>
#include <optional>

namespace rtcbot::congestion {

/// Tracks which frames of one encoder a receiver can decode: every key frame, and a delta frame only if every frame
/// since the last key frame was forwarded.
class FrameChain {
 public:
  /// Returns true if the frame can be decoded after the previously accepted ones; it then counts as forwarded.
  [[nodiscard]] bool accept(std::int64_t sequence, bool key_frame);

  /// The last accepted frame did not reach the receiver: only a key frame can be accepted next.
  void break_off() { last_.reset(); }

  /// True before the first key frame and after each gap: only a key frame can be accepted.
  [[nodiscard]] bool needs_key_frame() const { return !last_; }

 private:
  std::optional<std::int64_t> last_;  ///< Sequence number of the last accepted frame; empty while the chain is broken.
};

}  // namespace rtcbot::congestion
