#include "audio_puller.hpp"

#include <api/make_ref_counted.h>
#include <modules/audio_device/include/audio_device_default.h>
#include <pthread.h>

#include <chrono>
#include <utility>

#include "rtcbot/flow/audio.hpp"

namespace rtcbot::engine {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kBlock{10};
/// Does not catch up if it is later than this, because sound that old is useless.
constexpr std::chrono::milliseconds kLatest{100};

}  // namespace

class AudioPuller::Device : public webrtc::webrtc_impl::AudioDeviceModuleDefault<webrtc::AudioDeviceModule> {
 public:
  explicit Device(std::shared_ptr<AudioPuller> puller) : puller_(std::move(puller)) {}
  ~Device() override { puller_->set_transport(nullptr); }

  int32_t RegisterAudioCallback(webrtc::AudioTransport* transport) override {
    puller_->set_transport(transport);
    return 0;
  }
  int32_t StartPlayout() override {
    puller_->set_playing(true);
    return 0;
  }
  int32_t StopPlayout() override {
    puller_->set_playing(false);
    return 0;
  }
  bool Playing() const override { return puller_->is_playing(); }

 private:
  const std::shared_ptr<AudioPuller> puller_;
};

AudioPuller::~AudioPuller() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

rtc::scoped_refptr<webrtc::AudioDeviceModule> AudioPuller::device() {
  return rtc::make_ref_counted<Device>(shared_from_this());
}

std::shared_ptr<void> AudioPuller::hold() {
  {
    const std::lock_guard lock(mutex_);
    ++holders_;
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  wake_.notify_all();
  return {this, [](AudioPuller* self) {
            const std::lock_guard lock(self->mutex_);
            --self->holders_;
          }};
}

void AudioPuller::set_transport(webrtc::AudioTransport* transport) {
  const std::lock_guard lock(mutex_);
  transport_ = transport;
}

void AudioPuller::set_playing(bool playing) {
  {
    const std::lock_guard lock(mutex_);
    playing_ = playing;
  }
  wake_.notify_all();
}

bool AudioPuller::is_playing() const {
  const std::lock_guard lock(mutex_);
  return playing_;
}

void AudioPuller::run() {
  pthread_setname_np(pthread_self(), "rtc-audio");
  AudioBlock block;
  std::unique_lock lock(mutex_);
  auto due = Clock::now();
  while (!closing_) {
    if (holders_ == 0 || !playing_ || transport_ == nullptr) {
      wake_.wait(lock);
      due = Clock::now();
      continue;
    }
    std::size_t samples = 0;
    std::int64_t elapsed = 0;
    std::int64_t ntp = 0;
    // Under the lock, so that `set_transport` waits for this call, which waits for nothing. The result, the mix of all
    // connections, is not used: each connection's sink got its own sound meanwhile.
    transport_->NeedMorePlayData(block.size(), sizeof(block[0]), 1, kAudioRate, block.data(), samples, &elapsed, &ntp);
    due += kBlock;
    const auto now = Clock::now();
    if (now - due > kLatest) due = now;
    wake_.wait_until(lock, due, [&] { return closing_; });
  }
}

}  // namespace rtcbot::engine
