#include "engine.hpp"

#include <api/audio_codecs/audio_decoder_factory_template.h>
#include <api/audio_codecs/audio_encoder_factory_template.h>
#include <api/audio_codecs/g711/audio_decoder_g711.h>
#include <api/audio_codecs/g711/audio_encoder_g711.h>
#include <api/audio_codecs/opus/audio_decoder_opus.h>
#include <api/audio_codecs/opus/audio_encoder_opus.h>
#include <api/call/call_factory_interface.h>
#include <media/engine/webrtc_media_engine.h>
#include <modules/audio_processing/include/audio_processing.h>
#include <rtc_base/ssl_adapter.h>

#include <utility>

#include "fec_controller.hpp"
#include "network_controller.hpp"
#include "no_decoder.hpp"
#include "pass_through_encoder.hpp"
#include "peer_handle.hpp"
#include "relay_tls.hpp"
#include "rtcbot/engine/engine.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "sctp_filter.hpp"
#include "task_queue_pool.hpp"
#include "trials.hpp"

namespace rtcbot::engine {

namespace {

/// Threads for the pacers and encoder taps of all connections. Their tasks are short, because nothing is encoded here.
constexpr int kTaskThreads = 2;
/// One more thread encodes all sound: a millisecond of work for which no picture should wait.
constexpr int kAudioThreads = 1;

/// @pre called on the worker thread, where its audio device must be created and destroyed.
std::unique_ptr<cricket::MediaEngineInterface> make_media_engine(
    webrtc::TaskQueueFactory& task_queues, const webrtc::FieldTrialsView& trials,
    rtc::scoped_refptr<webrtc::AudioDeviceModule> audio_device) {
  cricket::MediaEngineDependencies media;
  media.task_queue_factory = &task_queues;
  // The default device would probe the sound hardware, which only the media room uses.
  media.adm = std::move(audio_device);
  // Debian's build omits Opus from its built-in factories, though not from the library. Every peer knows G.711, which
  // serves sections that are answered but stay silent.
  media.audio_encoder_factory = webrtc::CreateAudioEncoderFactory<webrtc::AudioEncoderOpus, webrtc::AudioEncoderG711>();
  media.audio_decoder_factory = webrtc::CreateAudioDecoderFactory<webrtc::AudioDecoderOpus, webrtc::AudioDecoderG711>();
  media.audio_processing = webrtc::AudioProcessingBuilder().Create();
  media.video_encoder_factory = make_pass_through_encoder_factory();
  media.video_decoder_factory = make_no_decoder_factory();
  media.trials = &trials;
  return cricket::CreateMediaEngine(std::move(media));
}

}  // namespace

Result<std::shared_ptr<LocalEngine>> LocalEngine::create(LogSink log, HostLookup lookup) {
  auto engine = std::make_shared<EngineImpl>(std::move(log), std::move(lookup));
  if (auto started = engine->start(); !started) return fail(started.error());
  return engine;
}

EngineImpl::EngineImpl(LogSink log, HostLookup lookup)
    : log_(std::move(log)), lookup_(std::move(lookup)), trials_(std::make_unique<Trials>()) {}

EngineImpl::~EngineImpl() {
  factory_ = nullptr;  // Its destruction needs all three threads.
  if (has_started_) network_->BlockingCall([this] { srtp_.reset(); });
  if (signalling_) signalling_->Stop();
  if (worker_) worker_->Stop();
  if (network_) network_->Stop();
}

Result<void> EngineImpl::start() {
  if (!rtc::InitializeSSL()) return fail(Errc::internal, "OpenSSL could not be initialised");
  network_ = rtc::Thread::CreateWithSocketServer();
  worker_ = rtc::Thread::Create();
  signalling_ = rtc::Thread::Create();
  network_->SetName("rtc-network", nullptr);
  worker_->SetName("rtc-worker", nullptr);
  signalling_->SetName("rtc-signalling", nullptr);
  if (!network_->Start() || !worker_->Start() || !signalling_->Start()) {
    return fail(Errc::internal, "the WebRTC engine's threads could not be started; is a limit on threads reached?");
  }
  has_started_ = true;
  network_->PostTask([this] { srtp_ = std::make_unique<ScopedSrtpInit>(); });
  factory_ = make_factory();
  if (!factory_) return fail(Errc::internal, "libwebrtc made no peer-connection factory");
  // Waits for libsrtp's crypto (NSS), which loads its modules from files. After this function the process may close its
  // file system.
  network_->BlockingCall([] {});
  return {};
}

rtc::scoped_refptr<webrtc::PeerConnectionFactoryInterface> EngineImpl::make_factory() {
  webrtc::PeerConnectionFactoryDependencies parts;
  parts.network_thread = network_.get();
  parts.worker_thread = worker_.get();
  parts.signaling_thread = signalling_.get();
  parts.task_queue_factory = make_task_queue_pool(kTaskThreads, kAudioThreads);
  parts.packet_socket_factory = std::make_unique<RelaySocketFactory>(*network_->socketserver(), lookup_);
  parts.call_factory = webrtc::CreateCallFactory();
  parts.network_monitor_factory = make_network_monitor_factory(listeners_);
  parts.fec_controller_factory = make_fec_controller_factory();
  parts.network_controller_factory = make_network_controller_factory();
  parts.sctp_factory = make_filtered_sctp_factory(*network_);
  parts.trials = std::make_unique<Trials>();
  worker_->BlockingCall(
      [&] { parts.media_engine = make_media_engine(*parts.task_queue_factory, *trials_, audio_->device()); });
  return webrtc::CreateModularPeerConnectionFactory(std::move(parts));
}

void EngineImpl::check(std::function<void()> done) {
  network_->PostTask([this, done = std::move(done)]() mutable {
    worker_->PostTask([this, done = std::move(done)]() mutable { signalling_->PostTask(std::move(done)); });
  });
}

void EngineImpl::network_changed() {
  network_->PostTask([listeners = listeners_] { listeners->tell(); });
}

void EngineImpl::set_egress(std::string interface) {
  // `this` is valid, because the thread ends before this object.
  signalling_->PostTask(
      [this, way = std::move(interface)]() mutable { rates_.set_egress(runtime::now(), std::move(way)); });
}

Result<std::unique_ptr<Peer>> EngineImpl::make_peer(PeerConfig config, std::shared_ptr<PeerObserver> observer) {
  return PeerHandle::make(std::static_pointer_cast<EngineImpl>(shared_from_this()), std::move(config),
                          std::move(observer));
}

}  // namespace rtcbot::engine
