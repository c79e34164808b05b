#pragma once

#include <memory>
#include <optional>
#include <string>

#include "rtcbot/net/http_server.hpp"
#include "server_core.hpp"
#include "socket_stream.hpp"

namespace rtcbot::net {

/// Returns the answer to an invalid upgrade request; nothing if it can be accepted.
[[nodiscard]] std::optional<HttpResponse> upgrade_fault(const HttpRequest& request);

/// Answers an upgrade request with 101 and passes the open WebSocket to the server's handler. The WebSocket holds
/// `slot` until it settles.
void accept_web_socket(const std::shared_ptr<ServerCore>& core, SocketStream stream, AddressCounts::Slot slot,
                       HttpRequest request, const std::string& subprotocol);

}  // namespace rtcbot::net
