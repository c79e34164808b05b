#include "viewer.hpp"

#include <api/audio_codecs/builtin_audio_decoder_factory.h>
#include <api/audio_codecs/builtin_audio_encoder_factory.h>
#include <api/create_peerconnection_factory.h>
#include <api/task_queue/default_task_queue_factory.h>
#include <api/video_codecs/builtin_video_decoder_factory.h>
#include <api/video_codecs/builtin_video_encoder_factory.h>
#include <gtest/gtest.h>
#include <modules/audio_device/include/audio_device.h>
#include <rtc_base/event.h>
#include <rtc_base/thread.h>

#include <algorithm>

#include "../../observers.hpp"
#include "../../webrtc_build.hpp"
#include "pair.hpp"

namespace rtcbot::engine::testing {

namespace {

using Rtc = webrtc::PeerConnectionInterface;

class Threads {
 public:
  Threads() {
    for (const auto& thread : {network.get(), worker.get(), signalling.get()}) thread->Start();
  }
  std::unique_ptr<rtc::Thread> network = rtc::Thread::CreateWithSocketServer();
  std::unique_ptr<rtc::Thread> worker = rtc::Thread::Create();
  std::unique_ptr<rtc::Thread> signalling = rtc::Thread::Create();
};

}  // namespace

class Viewer::Parts : public webrtc::PeerConnectionObserver, public rtc::VideoSinkInterface<webrtc::VideoFrame> {
 public:
  explicit Parts(Order order) {
    make_factory();
    Rtc::RTCConfiguration configuration;
    configuration.bundle_policy = Rtc::kBundlePolicyBalanced;  // as in browsers
    connection = factory->CreatePeerConnectionOrError(configuration, webrtc::PeerConnectionDependencies(this)).value();
    channel = connection->CreateDataChannelOrError("default", nullptr).value();
    if (order != Order::no_video) add_video(order);
  }

  ~Parts() override {
    connection->Close();
    connection = nullptr;
    channel = nullptr;
    threads.worker->BlockingCall([this] { audio = nullptr; });
    factory = nullptr;
  }

  void OnSignalingChange(Rtc::SignalingState) override {}
  void OnDataChannel(rtc::scoped_refptr<webrtc::DataChannelInterface>) override {}
  void OnIceCandidate(const webrtc::IceCandidateInterface*) override {}
  void OnIceGatheringChange(Rtc::IceGatheringState state) override {
    if (state == Rtc::kIceGatheringComplete) gathered.set(true);
  }
  void OnTrack(rtc::scoped_refptr<webrtc::RtpTransceiverInterface> transceiver) override {
    auto* track = transceiver->receiver()->track().get();
    if (track->kind() != webrtc::MediaStreamTrackInterface::kVideoKind) return;
    static_cast<webrtc::VideoTrackInterface*>(track)->AddOrUpdateSink(this, {});
  }
  void OnFrame(const webrtc::VideoFrame&) override {
    std::lock_guard lock(mutex);
    ++pictures;
    changed.notify_all();
  }

  void make_factory() {
    threads.worker->BlockingCall(
        [this] { audio = webrtc::AudioDeviceModule::Create(webrtc::AudioDeviceModule::kDummyAudio, queues.get()); });
    factory = webrtc::CreatePeerConnectionFactory(
        threads.network.get(), threads.worker.get(), threads.signalling.get(), audio,
        webrtc::CreateBuiltinAudioEncoderFactory(), webrtc::CreateBuiltinAudioDecoderFactory(),
        webrtc::CreateBuiltinVideoEncoderFactory(), webrtc::CreateBuiltinVideoDecoderFactory(), nullptr, nullptr);
    webrtc::PeerConnectionFactoryInterface::Options options;
    options.network_ignore_mask = 0;
    factory->SetOptions(options);
  }

  void add_video(Order order) {
    webrtc::RtpTransceiverInit init;
    init.direction = webrtc::RtpTransceiverDirection::kRecvOnly;
    auto transceiver = connection->AddTransceiver(cricket::MEDIA_TYPE_VIDEO, init).value();
    auto codecs = factory->GetRtpReceiverCapabilities(cricket::MEDIA_TYPE_VIDEO).codecs;
    const std::string first = order == Order::h264_first ? "H264" : "VP8";
    std::stable_partition(codecs.begin(), codecs.end(), [&](const auto& codec) { return codec.name == first; });
    if (order == Order::vp8_only) {
      std::erase_if(codecs, [](const auto& codec) { return codec.name != "VP8" && codec.name != "rtx"; });
    }
    EXPECT_TRUE(transceiver->SetCodecPreferences(codecs).ok());
  }

  Threads threads;
  std::unique_ptr<webrtc::TaskQueueFactory> queues = webrtc::CreateDefaultTaskQueueFactory();
  rtc::scoped_refptr<webrtc::AudioDeviceModule> audio;
  rtc::scoped_refptr<webrtc::PeerConnectionFactoryInterface> factory;
  rtc::scoped_refptr<Rtc> connection;
  rtc::scoped_refptr<webrtc::DataChannelInterface> channel;
  Slot<bool> gathered;
  rtc::Event thawed;
  std::mutex mutex;
  std::condition_variable changed;
  int pictures = 0;
};

Viewer::Viewer(Order order) : parts_(std::make_unique<Parts>(order)) {}

Viewer::~Viewer() { thaw(); }

Description Viewer::offer() {
  auto done = std::make_shared<Slot<bool>>();
  parts_->connection->SetLocalDescription(
      rtc::make_ref_counted<LocalDescriptionDone>([done](webrtc::RTCError error) { done->set(error.ok()); }));
  EXPECT_TRUE(done->wait().value_or(false));
  EXPECT_TRUE(parts_->gathered.wait());
  Description description{Description::Type::offer, {}};
  parts_->threads.signalling->BlockingCall(
      [&] { parts_->connection->local_description()->ToString(&description.sdp); });
  return description;
}

void Viewer::accept(const Description& answer) {
  webrtc::SdpParseError error;
  auto parsed = webrtc::CreateSessionDescription(webrtc::SdpType::kAnswer, answer.sdp, &error);
  ASSERT_TRUE(parsed) << error.description << " in " << answer.sdp;
  auto done = std::make_shared<Slot<std::string>>();
  parts_->connection->SetRemoteDescription(
      std::move(parsed),
      rtc::make_ref_counted<RemoteDescriptionDone>([done](webrtc::RTCError e) { done->set(e.message()); }));
  EXPECT_EQ(done->wait(), "");
}

Result<void> Viewer::connect_to(Peer& peer) {
  auto answer = answer_of(peer, offer());
  if (!answer) return fail(answer.error());
  accept(*answer);
  return {};
}

bool Viewer::wait_pictures(int count) {
  std::unique_lock lock(parts_->mutex);
  return parts_->changed.wait_for(lock, kDeadline, [&] { return parts_->pictures >= count; });
}

void Viewer::close() { parts_->connection->Close(); }

void Viewer::freeze() {
  parts_->threads.network->PostTask([event = &parts_->thawed] { event->Wait(rtc::Event::kForever); });
}

void Viewer::thaw() { parts_->thawed.Set(); }

}  // namespace rtcbot::engine::testing
