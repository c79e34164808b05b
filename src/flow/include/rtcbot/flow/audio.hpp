#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace rtcbot {

inline constexpr int kAudioRate = 48'000;               ///< Samples per second.
inline constexpr std::size_t kAudioBlockSamples = 480;  ///< 10 ms.
inline constexpr int kAudioBlocksPerSecond = 100;

/// 10 ms of sound: one channel, 48 kHz, signed 16 bits.
using AudioBlock = std::array<std::int16_t, kAudioBlockSamples>;

/// A microphone, as connections use it. Thread-safe.
class AudioSource {
 public:
  virtual ~AudioSource() = default;

  /// Calls `listener` with each block, on one of the source's threads, until the caller drops the returned pointer.
  /// Dropping it waits for a call in progress, so never drop it inside a call. The device is open only while listeners
  /// exist. A failing device is not an error here: blocks start when it delivers. `listener` must not block.
  [[nodiscard]] virtual std::shared_ptr<void> listen(std::function<void(const AudioBlock&)> listener) = 0;
};

/// One talker's input to a speaker.
class AudioVoice {
 public:
  virtual ~AudioVoice() = default;
  /// Takes the next 10 ms. Never waits: drops the oldest blocks that the device cannot play in time. Call it from one
  /// thread at a time.
  virtual void play(const AudioBlock& block) = 0;
};

/// A speaker, as connections use it. Thread-safe.
class AudioOutput {
 public:
  virtual ~AudioOutput() = default;
  /// Opens one voice; simultaneous voices are mixed. The device is open only while voices exist.
  [[nodiscard]] virtual std::unique_ptr<AudioVoice> open_voice() = 0;
};

}  // namespace rtcbot
