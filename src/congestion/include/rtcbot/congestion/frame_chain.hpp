#pragma once

#include <cstdint>
#include <optional>

namespace rtcbot::congestion {

/// Knows which frames of one encoder a receiver can decode: a key frame always, a delta frame only if every frame since
/// the last key frame was passed on.
///
/// Pure. Not thread-safe; distinct objects are independent.
class FrameChain {
 public:
  /// Whether the frame can be decoded given those that passed before; if so it counts as passed on.
  [[nodiscard]] bool accept(std::int64_t sequence, bool key_frame);

  /// The frame that was last accepted did not reach the receiver after all: only a key frame helps now.
  void break_off() { last_.reset(); }

  /// True until a key frame was accepted, and again after each gap: nothing but a key frame is of use.
  [[nodiscard]] bool needs_key_frame() const { return !last_; }

 private:
  std::optional<std::int64_t> last_;  ///< Sequence number of the frame accepted last, while the chain is whole.
};

}  // namespace rtcbot::congestion
