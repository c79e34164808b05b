#pragma once

#include <api/scoped_refptr.h>
#include <modules/audio_device/include/audio_device.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Pulls decoded sound out of libwebrtc every 10 ms on its own thread, but only while somebody listens; otherwise
/// libwebrtc decodes nothing. Uses no sound card: each connection's sound goes to that connection's sink.
///
/// Thread-safe. Lives as long as the engine.
class AudioPuller : public std::enable_shared_from_this<AudioPuller> {
 public:
  AudioPuller() = default;
  ~AudioPuller();
  AudioPuller(const AudioPuller&) = delete;
  AudioPuller& operator=(const AudioPuller&) = delete;

  /// Pulls sound until the returned pointer is destroyed.
  [[nodiscard]] std::shared_ptr<void> hold();

  /// The device for libwebrtc: plays through this puller and records nothing.
  [[nodiscard]] rtc::scoped_refptr<webrtc::AudioDeviceModule> device();

 private:
  class Device;

  /// The former transport is not called after this returns. Null: none.
  void set_transport(webrtc::AudioTransport* transport);
  void set_playing(bool playing);
  [[nodiscard]] bool is_playing() const;
  void run();

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  webrtc::AudioTransport* transport_ = nullptr;
  bool playing_ = false;
  bool closing_ = false;
  int holders_ = 0;
  std::thread thread_;  ///< Started by the first `hold`.
};

}  // namespace rtcbot::engine
