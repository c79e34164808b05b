#pragma once

#include <cstdint>
#include <optional>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// The receiver's report about one packet (transport-wide feedback,
/// draft-holmer-rmcat-transport-wide-cc-extensions-01).
struct PacketReport {
  std::int64_t sequence = 0;               ///< As given to `on_sent`: increases by one with each packet of the
                                           ///< connection.
  Timestamp sent_at{};                     ///< By the sender's clock.
  std::optional<Timestamp> received_at{};  ///< By the receiver's clock, which has another zero. Empty: lost.
  DataSize size{};                         ///< On the wire, with all headers.
};

}  // namespace rtcbot::congestion
