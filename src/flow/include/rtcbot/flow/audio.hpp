#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace rtcbot {

inline constexpr int kAudioRate = 48'000;               ///< Samples a second.
inline constexpr std::size_t kAudioBlockSamples = 480;  ///< 10 ms.
inline constexpr int kAudioBlocksPerSecond = 100;

/// 10 ms of sound: one channel, 48 kHz, signed 16 bits.
using AudioBlock = std::array<std::int16_t, kAudioBlockSamples>;

/// A microphone as connections see it. Thread-safe.
class AudioSource {
 public:
  virtual ~AudioSource() = default;

  /// Calls `listener` with each block, on a thread of the source's, until the returned pointer is dropped; that waits
  /// for a call in progress, so never drop it inside one. The device is open only while somebody listens; one that
  /// fails is no error here: blocks begin when it delivers. `listener` must not block.
  [[nodiscard]] virtual std::shared_ptr<void> listen(std::function<void(const AudioBlock&)> listener) = 0;
};

/// Somebody who talks through a speaker.
class AudioVoice {
 public:
  virtual ~AudioVoice() = default;
  /// Takes the next 10 ms and never waits: what the device cannot play in time is dropped, the oldest first. From one
  /// thread at a time.
  virtual void play(const AudioBlock& block) = 0;
};

/// A speaker as connections see it. Thread-safe.
class AudioOutput {
 public:
  virtual ~AudioOutput() = default;
  /// Voices that talk at once are mixed. The device is open only while there are any.
  [[nodiscard]] virtual std::unique_ptr<AudioVoice> open_voice() = 0;
};

}  // namespace rtcbot
