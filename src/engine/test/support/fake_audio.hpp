#pragma once

#include <array>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <numbers>
#include <thread>

#include "recorder.hpp"
#include "rtcbot/flow/audio.hpp"

namespace rtcbot::engine::testing {

/// A microphone that delivers one tone in real time while it has a listener.
class FakeMicrophone : public AudioSource {
 public:
  explicit FakeMicrophone(double hertz) : hertz_(hertz) {}

  std::shared_ptr<void> listen(std::function<void(const AudioBlock&)> listener) override {
    struct Listening {
      std::atomic<bool> ends{false};
      std::thread thread;
      std::atomic<int>* open;
      ~Listening() {
        ends = true;
        thread.join();
        --*open;
      }
    };
    auto listening = std::make_shared<Listening>();
    listening->open = &open_;
    ++open_;
    ++opened_;
    listening->thread = std::thread([this, &ends = listening->ends, listener = std::move(listener)] {
      auto due = std::chrono::steady_clock::now();
      AudioBlock block;
      for (std::int64_t sample = 0; !ends;) {
        for (auto& each : block) {
          const double angle = 2 * std::numbers::pi * hertz_ * static_cast<double>(sample++) / kAudioRate;
          each = static_cast<std::int16_t>(8'000 * std::sin(angle));
        }
        listener(block);
        due += std::chrono::milliseconds(10);
        std::this_thread::sleep_until(due);
      }
    });
    return listening;
  }

  [[nodiscard]] int open() const { return open_; }
  [[nodiscard]] int opened() const { return opened_; }

 private:
  const double hertz_;
  std::atomic<int> open_{0}, opened_{0};
};

/// The share of a tone in a block's power, 0 to 1 (Goertzel's filter).
inline double share_of_tone(const AudioBlock& block, double hertz) {
  const double step = 2 * std::numbers::pi * hertz / kAudioRate;
  double real = 0;
  double imaginary = 0;
  double power = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    real += block[i] * std::cos(step * static_cast<double>(i));
    imaginary += block[i] * std::sin(step * static_cast<double>(i));
    power += static_cast<double>(block[i]) * block[i];
  }
  if (power < 1) return 0;
  return 2 * (real * real + imaginary * imaginary) / (static_cast<double>(block.size()) * power);
}

/// A speaker that looks for one tone in the blocks that it plays.
class FakeSpeaker : public AudioOutput {
 public:
  explicit FakeSpeaker(double hertz) : hertz_(hertz) {}

  std::unique_ptr<AudioVoice> open_voice() override { return std::make_unique<Voice>(*this); }

  /// Waits until `count` blocks contained the tone loudly.
  bool wait_tones(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kDeadline, [&] { return tones_ >= count; });
  }
  [[nodiscard]] int blocks() {
    const std::lock_guard lock(mutex_);
    return blocks_;
  }
  [[nodiscard]] int voices() const { return voices_; }

 private:
  class Voice : public AudioVoice {
   public:
    explicit Voice(FakeSpeaker& speaker) : speaker_(speaker) { ++speaker_.voices_; }
    ~Voice() override { --speaker_.voices_; }
    void play(const AudioBlock& block) override {
      const std::lock_guard lock(speaker_.mutex_);
      ++speaker_.blocks_;
      if (std::abs(block[0]) + std::abs(block[12]) + std::abs(block[24]) < 300) return;
      if (share_of_tone(block, speaker_.hertz_) > 0.8) ++speaker_.tones_;
      speaker_.changed_.notify_all();
    }

   private:
    FakeSpeaker& speaker_;
  };

  const double hertz_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int blocks_ = 0, tones_ = 0;
  std::atomic<int> voices_{0};
};

}  // namespace rtcbot::engine::testing
