#pragma once

#include <api/scoped_refptr.h>
#include <modules/audio_device/include/audio_device.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Takes decoded sound out of libwebrtc every 10 ms, which decodes nothing otherwise, on a thread of its own, and only
/// while somebody listens. No sound card is behind it: what a connection received is given to that connection's sink.
///
/// Thread-safe. Lives as long as the engine.
class AudioPuller : public std::enable_shared_from_this<AudioPuller> {
 public:
  AudioPuller() = default;
  ~AudioPuller();
  AudioPuller(const AudioPuller&) = delete;
  AudioPuller& operator=(const AudioPuller&) = delete;

  /// Sound is taken until the returned pointer is dropped.
  [[nodiscard]] std::shared_ptr<void> hold();

  /// libwebrtc's side of it: a device that plays by this puller, and records nothing.
  [[nodiscard]] rtc::scoped_refptr<webrtc::AudioDeviceModule> device();

 private:
  class Device;

  /// After it returns the former one is not called any more. Null: none.
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
  std::thread thread_;  ///< From the first `hold` on.
};

}  // namespace rtcbot::engine
