#include "rtcbot/audio.hpp"

#include <utility>

#include "context.hpp"
#include "rtc_connection_impl.hpp"
#include "rtcbot/flow/callback_subscription.hpp"

namespace rtcbot {
namespace {

/// 200 ms may wait for a slow callback.
constexpr std::size_t kMaxBlocks = 20;

using Blocks = CallbackSubscription<AudioBlock>;

/// Keeps a user's subscription alive.
struct BlockSubscription {
  std::shared_ptr<Context> context;
  std::shared_ptr<Blocks> consumer;
  std::shared_ptr<void> blocks;

  ~BlockSubscription() {
    blocks.reset();
    consumer->cancel();
  }
};

/// A user's function in the role of a speaker.
class CallbackOutput : public AudioOutput {
 public:
  CallbackOutput(std::function<void(AudioBlock)> callback, Executor executor)
      : consumer_(Blocks::make(std::move(callback), std::move(executor), kMaxBlocks)) {}

  std::unique_ptr<AudioVoice> open_voice() override { return std::make_unique<Voice>(consumer_); }

 private:
  class Voice : public AudioVoice {
   public:
    explicit Voice(std::shared_ptr<Blocks> consumer) : consumer_(std::move(consumer)) {}
    void play(const AudioBlock& block) override { consumer_->put_nowait(block); }

   private:
    const std::shared_ptr<Blocks> consumer_;
  };

  const std::shared_ptr<Blocks> consumer_;
};

}  // namespace

Microphone::Microphone(const Options& options)
    : microphone_(value_or_throw(media::Microphone::create(options, current_log()))) {}

std::shared_ptr<void> Microphone::subscribe(std::function<void(AudioBlock)> callback) const {
  auto subscription = std::make_shared<BlockSubscription>();
  subscription->context = Context::get();
  subscription->consumer = Blocks::make(std::move(callback), subscription->context->executor(), kMaxBlocks);
  subscription->blocks = microphone_->listen(
      [consumer = subscription->consumer](const AudioBlock& block) { consumer->put_nowait(block); });
  return subscription;
}

Speaker::Speaker(const Options& options) : speaker_(value_or_throw(media::Speaker::create(options, current_log()))) {}

void RTCConnection::Audio::put_subscription(const Microphone& microphone) const {
  connection_.impl_->add_audio(microphone.source(), nullptr);
}

void RTCConnection::Audio::subscribe(const Speaker& speaker) const {
  connection_.impl_->add_audio(nullptr, speaker.output());
}

void RTCConnection::Audio::subscribe(std::function<void(AudioBlock)> callback) const {
  auto& impl = *connection_.impl_;
  impl.add_audio(nullptr, std::make_shared<CallbackOutput>(std::move(callback), impl.context->executor()));
}

void RTCConnection::Audio::set(bool send, bool receive) const { connection_.impl_->set_audio(send, receive); }

void RTCConnection::Impl::add_audio(std::shared_ptr<AudioSource> source, std::shared_ptr<AudioOutput> output) {
  const bool sends = source != nullptr;
  const bool receives = output != nullptr;
  const auto added = peer->add_audio(std::move(source), std::move(output));
  if (!added) throw added.error();
  const std::lock_guard lock(audio_mutex);
  if (audio_is_set) return;
  sends_audio = sends_audio || sends;
  receives_audio = receives_audio || receives;
  peer->set_audio(sends_audio, receives_audio);
}

void RTCConnection::Impl::set_audio(bool send, bool receive) {
  const std::lock_guard lock(audio_mutex);
  audio_is_set = true;
  peer->set_audio(send, receive);
}

}  // namespace rtcbot
