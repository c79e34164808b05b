#pragma once

#include <api/sctp_transport_interface.h>
#include <api/transport/sctp_transport_factory_interface.h>
#include <rtc_base/thread.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Messages that one connection received and dropped.  Thread-safe.
using DroppedMessages = std::atomic<std::int64_t>;

/// Makes libwebrtc's SCTP transports, behind a filter for messages whose payload protocol identifier is none of WebRTC
/// (RFC 8831, section 8). libwebrtc ends the process on those. They are dropped and counted.
[[nodiscard]] std::unique_ptr<webrtc::SctpTransportFactoryInterface> make_filtered_sctp_factory(rtc::Thread& network);

/// The counter of a transport that such a factory made; null for another. On the network thread.
[[nodiscard]] std::shared_ptr<const DroppedMessages> dropped_messages_of(webrtc::SctpTransportInterface& transport);

}  // namespace rtcbot::engine
