#include "sctp_filter.hpp"

#include <media/sctp/dcsctp_transport.h>
#include <net/dcsctp/public/dcsctp_socket_factory.h>
#include <pc/sctp_transport.h>
#include <system_wrappers/include/clock.h>

#include <utility>
#include <vector>

namespace rtcbot::engine {

namespace {

/// True if WebRTC defines the identifier (RFC 8831, section 8), including the two deprecated ones.
bool is_known(dcsctp::PPID ppid) {
  switch (*ppid) {
    case 50:  // Data Channel Establishment Protocol
    case 51:  // text
    case 52:  // partial binary, deprecated
    case 53:  // binary
    case 54:  // partial text, deprecated
    case 56:  // empty text
    case 57:  // empty binary
      return true;
    default: return false;
  }
}

/// libwebrtc's own callbacks, without the messages that would crash them.
class FilteredCallbacks : public dcsctp::DcSctpSocketCallbacks {
 public:
  FilteredCallbacks(dcsctp::DcSctpSocketCallbacks& plain, std::shared_ptr<DroppedMessages> dropped)
      : plain_(plain), dropped_(std::move(dropped)) {}

  void OnMessageReceived(dcsctp::DcSctpMessage message) override {
    if (is_known(message.ppid())) return plain_.OnMessageReceived(std::move(message));
    dropped_->fetch_add(1, std::memory_order_relaxed);
  }

  dcsctp::SendPacketStatus SendPacketWithStatus(rtc::ArrayView<const std::uint8_t> data) override {
    return plain_.SendPacketWithStatus(data);
  }
  std::unique_ptr<dcsctp::Timeout> CreateTimeout(webrtc::TaskQueueBase::DelayPrecision precision) override {
    return plain_.CreateTimeout(precision);
  }
  dcsctp::TimeMs TimeMillis() override { return plain_.TimeMillis(); }
  std::uint32_t GetRandomInt(std::uint32_t low, std::uint32_t high) override { return plain_.GetRandomInt(low, high); }
  void OnError(dcsctp::ErrorKind error, absl::string_view message) override { plain_.OnError(error, message); }
  void OnAborted(dcsctp::ErrorKind error, absl::string_view message) override { plain_.OnAborted(error, message); }
  void OnConnected() override { plain_.OnConnected(); }
  void OnClosed() override { plain_.OnClosed(); }
  void OnConnectionRestarted() override { plain_.OnConnectionRestarted(); }
  void OnStreamsResetFailed(rtc::ArrayView<const dcsctp::StreamID> streams, absl::string_view reason) override {
    plain_.OnStreamsResetFailed(streams, reason);
  }
  void OnStreamsResetPerformed(rtc::ArrayView<const dcsctp::StreamID> streams) override {
    plain_.OnStreamsResetPerformed(streams);
  }
  void OnIncomingStreamsReset(rtc::ArrayView<const dcsctp::StreamID> streams) override {
    plain_.OnIncomingStreamsReset(streams);
  }
  void OnBufferedAmountLow(dcsctp::StreamID stream) override { plain_.OnBufferedAmountLow(stream); }
  void OnTotalBufferedAmountLow() override { plain_.OnTotalBufferedAmountLow(); }

 private:
  dcsctp::DcSctpSocketCallbacks& plain_;
  const std::shared_ptr<DroppedMessages> dropped_;
};

/// Owns the callbacks of its sockets: libwebrtc's transport destroys the socket before its factory.
class FilteredSocketFactory : public dcsctp::DcSctpSocketFactory {
 public:
  explicit FilteredSocketFactory(std::shared_ptr<DroppedMessages> dropped) : dropped_(std::move(dropped)) {}

  std::unique_ptr<dcsctp::DcSctpSocketInterface> Create(absl::string_view log_prefix,
                                                        dcsctp::DcSctpSocketCallbacks& callbacks,
                                                        std::unique_ptr<dcsctp::PacketObserver> packet_observer,
                                                        const dcsctp::DcSctpOptions& options) override {
    callbacks_.push_back(std::make_unique<FilteredCallbacks>(callbacks, dropped_));
    return DcSctpSocketFactory::Create(log_prefix, *callbacks_.back(), std::move(packet_observer), options);
  }

 private:
  const std::shared_ptr<DroppedMessages> dropped_;
  std::vector<std::unique_ptr<FilteredCallbacks>> callbacks_;  ///< One, because a transport creates one socket.
};

class FilteredTransport : public webrtc::DcSctpTransport {
 public:
  FilteredTransport(rtc::Thread& network, rtc::PacketTransportInternal* transport,
                    std::shared_ptr<DroppedMessages> dropped)
      : DcSctpTransport(&network, transport, webrtc::Clock::GetRealTimeClock(),
                        std::make_unique<FilteredSocketFactory>(dropped)),
        dropped_(std::move(dropped)) {}

  [[nodiscard]] std::shared_ptr<const DroppedMessages> dropped() const { return dropped_; }

 private:
  const std::shared_ptr<DroppedMessages> dropped_;
};

class FilteredFactory : public webrtc::SctpTransportFactoryInterface {
 public:
  explicit FilteredFactory(rtc::Thread& network) : network_(network) {}

  std::unique_ptr<cricket::SctpTransportInternal> CreateSctpTransport(
      rtc::PacketTransportInternal* transport) override {
    return std::make_unique<FilteredTransport>(network_, transport, std::make_shared<DroppedMessages>(0));
  }

 private:
  rtc::Thread& network_;
};

}  // namespace

std::unique_ptr<webrtc::SctpTransportFactoryInterface> make_filtered_sctp_factory(rtc::Thread& network) {
  return std::make_unique<FilteredFactory>(network);
}

std::shared_ptr<const DroppedMessages> dropped_messages_of(webrtc::SctpTransportInterface& transport) {
  auto* plain = static_cast<webrtc::SctpTransport&>(transport).internal();
  const auto* filtered = dynamic_cast<FilteredTransport*>(plain);
  return filtered ? filtered->dropped() : nullptr;
}

}  // namespace rtcbot::engine
