#include "rtcbot/base/error.hpp"

namespace rtcbot {

std::string_view name_of(Errc code) {
  switch (code) {
    case Errc::timeout: return "timeout";
    case Errc::closed: return "closed";
    case Errc::connection_refused: return "connection_refused";
    case Errc::handshake_failed: return "handshake_failed";
    case Errc::bad_address: return "bad_address";
    case Errc::bad_message: return "bad_message";
    case Errc::bad_offer: return "bad_offer";
    case Errc::too_large: return "too_large";
    case Errc::queue_full: return "queue_full";
    case Errc::invalid_state: return "invalid_state";
    case Errc::connect_failed: return "connect_failed";
    case Errc::peer_lost: return "peer_lost";
    case Errc::no_camera: return "no_camera";
    case Errc::camera_failed: return "camera_failed";
    case Errc::no_encoder: return "no_encoder";
    case Errc::bad_config: return "bad_config";
    case Errc::address_in_use: return "address_in_use";
    case Errc::refused: return "refused";
    case Errc::engine_failed: return "engine_failed";
    case Errc::internal: return "internal";
  }
  return "unknown";
}

}  // namespace rtcbot
