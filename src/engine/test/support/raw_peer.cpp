#include "raw_peer.hpp"

#include <api/create_peerconnection_factory.h>
#include <api/task_queue/default_task_queue_factory.h>
#include <api/transport/sctp_transport_factory_interface.h>
#include <gtest/gtest.h>
#include <media/sctp/dcsctp_transport.h>
#include <rtc_base/thread.h>
#include <system_wrappers/include/clock.h>

#include "../../observers.hpp"
#include "../../webrtc_build.hpp"
#include "pair.hpp"

namespace rtcbot::engine::testing {

namespace {

using Rtc = webrtc::PeerConnectionInterface;

/// Keeps the address of the socket that it makes. Of the network thread.
class SocketFactory : public dcsctp::DcSctpSocketFactory {
 public:
  explicit SocketFactory(dcsctp::DcSctpSocketInterface*& socket) : socket_(socket) {}
  std::unique_ptr<dcsctp::DcSctpSocketInterface> Create(absl::string_view name,
                                                        dcsctp::DcSctpSocketCallbacks& callbacks,
                                                        std::unique_ptr<dcsctp::PacketObserver> observer,
                                                        const dcsctp::DcSctpOptions& options) override {
    dcsctp::DcSctpOptions large = options;
    large.max_message_size = 4 * 1024 * 1024;
    large.max_send_buffer_size = 8 * 1024 * 1024;
    auto socket = DcSctpSocketFactory::Create(name, callbacks, std::move(observer), large);
    socket_ = socket.get();
    return socket;
  }

 private:
  dcsctp::DcSctpSocketInterface*& socket_;
};

class TransportFactory : public webrtc::SctpTransportFactoryInterface {
 public:
  TransportFactory(rtc::Thread* network, dcsctp::DcSctpSocketInterface*& socket) : network_(network), socket_(socket) {}
  std::unique_ptr<cricket::SctpTransportInternal> CreateSctpTransport(rtc::PacketTransportInternal* below) override {
    return std::make_unique<webrtc::DcSctpTransport>(network_, below, webrtc::Clock::GetRealTimeClock(),
                                                     std::make_unique<SocketFactory>(socket_));
  }

 private:
  rtc::Thread* network_;
  dcsctp::DcSctpSocketInterface*& socket_;
};

}  // namespace

class RawPeer::Parts : public webrtc::PeerConnectionObserver {
 public:
  Parts() {
    for (const auto& thread : {network.get(), worker.get(), signalling.get()}) thread->Start();
    webrtc::PeerConnectionFactoryDependencies parts;
    parts.network_thread = network.get();
    parts.worker_thread = worker.get();
    parts.signaling_thread = signalling.get();
    parts.task_queue_factory = webrtc::CreateDefaultTaskQueueFactory();
    parts.sctp_factory = std::make_unique<TransportFactory>(network.get(), socket);
    factory = webrtc::CreateModularPeerConnectionFactory(std::move(parts));
    webrtc::PeerConnectionFactoryInterface::Options options;
    options.network_ignore_mask = 0;
    factory->SetOptions(options);
    connection = factory->CreatePeerConnectionOrError({}, webrtc::PeerConnectionDependencies(this)).value();
    channel = connection->CreateDataChannelOrError("default", nullptr).value();
  }
  ~Parts() override {
    connection->Close();
    connection = nullptr;
    channel = nullptr;
    factory = nullptr;
  }

  void OnSignalingChange(Rtc::SignalingState) override {}
  void OnDataChannel(rtc::scoped_refptr<webrtc::DataChannelInterface>) override {}
  void OnIceCandidate(const webrtc::IceCandidateInterface*) override {}
  void OnIceGatheringChange(Rtc::IceGatheringState state) override {
    if (state == Rtc::kIceGatheringComplete) gathered.set(true);
  }

  std::unique_ptr<rtc::Thread> network = rtc::Thread::CreateWithSocketServer();
  std::unique_ptr<rtc::Thread> worker = rtc::Thread::Create();
  std::unique_ptr<rtc::Thread> signalling = rtc::Thread::Create();
  dcsctp::DcSctpSocketInterface* socket = nullptr;
  rtc::scoped_refptr<webrtc::PeerConnectionFactoryInterface> factory;
  rtc::scoped_refptr<Rtc> connection;
  rtc::scoped_refptr<webrtc::DataChannelInterface> channel;
  Slot<bool> gathered;
};

RawPeer::RawPeer() : parts_(std::make_unique<Parts>()) {}

RawPeer::~RawPeer() = default;

Result<void> RawPeer::connect_to(Peer& peer) {
  auto offered = std::make_shared<Slot<bool>>();
  parts_->connection->SetLocalDescription(
      rtc::make_ref_counted<LocalDescriptionDone>([offered](webrtc::RTCError error) { offered->set(error.ok()); }));
  if (!offered->wait().value_or(false) || !parts_->gathered.wait()) return fail(Errc::internal, "no offer was made");
  Description offer{Description::Type::offer, {}};
  parts_->signalling->BlockingCall([&] { parts_->connection->local_description()->ToString(&offer.sdp); });
  const auto answer = answer_of(peer, offer);
  if (!answer) return fail(answer.error());
  auto taken = std::make_shared<Slot<bool>>();
  parts_->connection->SetRemoteDescription(
      webrtc::CreateSessionDescription(webrtc::SdpType::kAnswer, answer->sdp),
      rtc::make_ref_counted<RemoteDescriptionDone>([taken](webrtc::RTCError error) { taken->set(error.ok()); }));
  if (!taken->wait().value_or(false)) return fail(Errc::internal, "the answer was not taken");
  return {};
}

bool RawPeer::send(std::uint16_t stream, std::uint32_t ppid, const std::string& bytes) {
  return parts_->network->BlockingCall([&] {
    return parts_->socket->Send(dcsctp::DcSctpMessage(dcsctp::StreamID(stream), dcsctp::PPID(ppid),
                                                      std::vector<std::uint8_t>(bytes.begin(), bytes.end())),
                                {}) == dcsctp::SendStatus::kSuccess;
  });
}

void RawPeer::reset_stream(std::uint16_t stream) {
  parts_->network->BlockingCall([&] {
    const std::array streams{dcsctp::StreamID(stream)};
    parts_->socket->ResetStreams(streams);
  });
}

}  // namespace rtcbot::engine::testing
