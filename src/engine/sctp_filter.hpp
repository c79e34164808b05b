#pragma once

#include <api/sctp_transport_interface.h>
#include <api/transport/sctp_transport_factory_interface.h>
#include <rtc_base/thread.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Number of messages that one connection received and dropped.  Thread-safe.
using DroppedMessages = std::atomic<std::int64_t>;

/// Creates libwebrtc's SCTP transports behind a filter. It drops and counts messages whose payload protocol identifier
/// is not defined for WebRTC (RFC 8831, section 8), because libwebrtc ends the process on those.
[[nodiscard]] std::unique_ptr<webrtc::SctpTransportFactoryInterface> make_filtered_sctp_factory(rtc::Thread& network);

/// The counter of a transport created by such a factory; null for other transports. On the network thread.
[[nodiscard]] std::shared_ptr<const DroppedMessages> dropped_messages_of(webrtc::SctpTransportInterface& transport);

}  // namespace rtcbot::engine
