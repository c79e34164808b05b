#pragma once

#include <memory>
#include <optional>
#include <string>

#include "rtcbot/net/http_server.hpp"
#include "server_core.hpp"
#include "server_stream.hpp"

namespace rtcbot::net {

/// What is wrong with an upgrade request, as the answer to it; nothing where it can be accepted.
[[nodiscard]] std::optional<HttpResponse> upgrade_fault(const HttpRequest& request);

/// Answers an upgrade request with 101 and gives the open WebSocket, which has `slot` until it settles, to the server's
/// handler.
void accept_web_socket(const std::shared_ptr<ServerCore>& core, ServerStream stream, AddressCounts::Slot slot,
                       HttpRequest request, const std::string& subprotocol);

}  // namespace rtcbot::net
