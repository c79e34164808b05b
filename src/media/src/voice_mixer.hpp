#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "rtcbot/flow/audio.hpp"

namespace rtcbot::media {

/// Mixes several voices into one sound without a clock. A block waits until all other talking voices have a block too.
/// After one voice has more than `kTimeout` blocks waiting, voices without a block count as silent.
///
/// Pure. Not thread-safe.
class VoiceMixer {
 public:
  using Id = std::uint64_t;
  static constexpr std::size_t kTimeout = 3;

  void add(Id voice) { voices_[voice]; }
  void remove(Id voice) { voices_.erase(voice); }
  [[nodiscard]] bool is_empty() const { return voices_.empty(); }

  /// The next block for the speaker, if this block completes it.  @pre `voice` was added.
  [[nodiscard]] std::optional<AudioBlock> put(Id voice, const AudioBlock& block);

 private:
  struct Voice {
    std::deque<AudioBlock> waiting;
    bool talks = false;
  };
  [[nodiscard]] AudioBlock mixed();

  std::map<Id, Voice> voices_;
};

/// The level of a block: root mean square, in decibels relative to full scale; -100 for silence.
[[nodiscard]] double level_of(const AudioBlock& block);

}  // namespace rtcbot::media
