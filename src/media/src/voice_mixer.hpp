#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "rtcbot/flow/audio.hpp"

namespace rtcbot::media {

/// Makes one sound of several voices without a clock: whoever has said 10 ms waits until the others that talk have,
/// too. One who falls silent is waited for no longer than `kPatience` blocks of another.
///
/// Pure. Not thread-safe.
class VoiceMixer {
 public:
  using Id = std::uint64_t;
  static constexpr std::size_t kPatience = 3;

  void add(Id voice) { voices_[voice]; }
  void remove(Id voice) { voices_.erase(voice); }
  [[nodiscard]] bool is_empty() const { return voices_.empty(); }

  /// The next block for the speaker, if this one completes it.  @pre `voice` was added.
  [[nodiscard]] std::optional<AudioBlock> put(Id voice, const AudioBlock& block);

 private:
  struct Voice {
    std::deque<AudioBlock> waiting;
    bool talks = false;
  };
  [[nodiscard]] AudioBlock mixed();

  std::map<Id, Voice> voices_;
};

/// How loud a block is: the root of its mean square, in decibels below the loudest there is; -100 for silence.
[[nodiscard]] double level_of(const AudioBlock& block);

}  // namespace rtcbot::media
